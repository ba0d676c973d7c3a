public import AttributionKit

/// Sparseness: how unevenly the map's size is spread over the pixels, by its Gini index.
///
///     G = 1 − 2 Σₖ |a|₍ₖ₎ / ‖a‖₁ · (N − k + ½) / N
///
/// `|a|₍₁₎ ≤ … ≤ |a|₍N₎` are the sizes in ascending order (Hurley & Rickard, IEEE Transactions on Information Theory 2009).
public struct Sparseness: AttributionMetric {
  /// What is added to every size, once they are divided by the largest.
  public var epsilon: Float

  public init(epsilon: Float = 0) { self.epsilon = epsilon }

  /// - Throws: ``AttributionError/notAnImage(_:)``.
  public func result(for explanation: Explanation) throws -> MetricResult {
    try explanation.measured { sizes in
      let largest = sizes.max() ?? 0
      let sizes = epsilon > 0 ? sizes.map { $0 / largest + epsilon } : sizes
      let count = Double(sizes.count), total = sizes.reduce(0.0) { $0 + Double($1) }
      let sum = sizes.sorted().enumerated().reduce(0.0) { sum, next in
        sum + Double(next.element) / total * (count - Double(next.offset + 1) + 0.5) / count
      }
      return MetricResult(Float(1 - 2 * sum))
    }
  }
}

extension Sparseness {
  public static let descriptor = MetricDescriptor(
    "sparseness", title: "Sparseness", family: .complexity,
    summary: "How few pixels the map's size is gathered in, by its Gini index.",
    citation: "Chalasani et al., ICML 2020, arXiv:1810.06583", better: .higher, range: 0...1, prototype: Sparseness(),
    parameters: [
      Parameter(
        "epsilon", \.epsilon, help: "what is added to every size, once they are divided by the largest",
        expected: "a number from 0"
      ) { $0 >= 0 && $0.isFinite }
    ])
}

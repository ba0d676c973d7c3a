#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

public import AttributionKit
import Tensors

/// The efficient model parameter randomisation test: how much less orderly the map becomes when all weights are random.
///
///     (H(a of f') − H(a of f)) / H(a of f)
///
/// `f'` has all weights drawn anew, and `H` is the entropy of the histogram of a map's values.
public struct EfficientMPRT: AttributionMetric {
  public var bins: Int
  public var seed: UInt64

  public init(bins: Int = 100, seed: UInt64 = 0) { (self.bins, self.seed) = (bins, seed) }

  /// A forward pass, and those of the method.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    method.cost(on: model).repeated(onInputs: 1)
  }

  /// - Throws: ``AttributionError/cannotRandomize``, ``AttributionError/notAnImage(_:)``; whatever the method throws.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let twin = try Explanation(by: explanation.method, in: explanation.session.randomized(seed: seed))
    guard let own = entropy(of: try explanation.importance()), let other = entropy(of: try twin.importance()), own > 0
    else { return .ofFlatMap }
    return MetricResult(Float((other - own) / own))
  }

  /// `−Σ pₖ ln pₖ` over equal intervals from the least to the greatest value; `nil` of a map that is the same everywhere.
  private func entropy(of map: Tensor) -> Double? {
    guard !map.isFlat, map.scalars.allSatisfy(\.isFinite) else { return nil }
    var counts = Array(repeating: 0, count: bins)
    for value in map.scaledToUnit().scalars { counts[min(Int(value * Float(bins)), bins - 1)] += 1 }
    let total = Double(map.scalars.count)
    return counts.reduce(0) { $1 > 0 ? $0 - Double($1) / total * log(Double($1) / total) : $0 }
  }
}

extension EfficientMPRT {
  public static let descriptor = MetricDescriptor(
    "efficient-mprt", title: "Efficient MPRT", family: .sanity,
    summary: "How much less orderly the map becomes when all weights are random, as a share.",
    citation: "Hedström, Weber, Lapuschkin & Höhne, 2024, arXiv:2401.06465", better: .higher,
    range: -1 ... .infinity, needs: [.randomWeights], prototype: EfficientMPRT(),
    parameters: [
      Parameter(
        "bins", \.bins, help: "how many intervals the values of a map are counted in",
        expected: "a whole number from 2 to 10000"
      ) { (2...10_000).contains($0) },
      Parameter("seed", \.seed, help: "the number that decides the weights", expected: "a whole number from 0"),
    ])
}

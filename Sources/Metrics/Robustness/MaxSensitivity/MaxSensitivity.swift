public import AttributionKit
import Tensors

/// Max-sensitivity: the greatest change of the map, as a share of it, when the image is changed a little.
///
///     max |a(x') − a(x)|₂ / |a(x)|₂,    xᵢ' = xᵢ + u, |u| ≤ r
///
/// `a` is the map, with its signs; the inputs `x'` are drawn at random.
public struct MaxSensitivity: AttributionMetric {
  public var samples: Int
  public var radius: Float
  public var seed: UInt64

  public init(samples: Int = 10, radius: Float = 0.02, seed: UInt64 = 0) {
    (self.samples, self.radius, self.seed) = (samples, radius, seed)
  }

  /// The method's, for each input nearby.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    Neighbors.cost(of: samples, by: method, on: model)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``; whatever the method throws.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let neighbors = try Neighbors(of: explanation, within: radius, seed: seed)
    guard let changes = try neighbors.sensitivities(samples) else { return .ofEmptyMap }
    return MetricResult(changes.max() ?? 0)
  }
}

extension MaxSensitivity {
  public static let descriptor = MetricDescriptor(
    "max-sensitivity", title: "Max-sensitivity", family: .robustness,
    summary: "The greatest change of the map, as a share of it, when the image is changed a little.",
    citation: "Yeh, Hsieh, Suggala, Inouye & Ravikumar, NeurIPS 2019, arXiv:1901.09392", better: .lower,
    range: 0 ... .infinity, prototype: MaxSensitivity(),
    parameters: [.samples(\.samples), .radius(\.radius), .seed(\.seed)])
}

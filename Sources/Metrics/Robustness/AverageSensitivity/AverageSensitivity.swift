public import AttributionKit
import Tensors

/// Average sensitivity: the mean change of the map, as a share of it, when the image is changed a little.
///
///     E |a(x') − a(x)|₂ / |a(x)|₂,    xᵢ' = xᵢ + u, |u| ≤ r
///
/// `a` is the map, with its signs; the inputs `x'` are drawn at random.
public struct AverageSensitivity: AttributionMetric {
  public var samples: Int
  public var radius: Float
  public var unit: NoiseUnit
  public var scaled: Bool
  public var seed: UInt64

  public init(
    samples: Int = 10, radius: Float = 0.02, unit: NoiseUnit = .range, scaled: Bool = false, seed: UInt64 = 0
  ) {
    (self.samples, self.radius, self.unit, self.scaled, self.seed) = (samples, radius, unit, scaled, seed)
  }

  /// The method's, for each input nearby.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    Neighbors.cost(of: samples, by: method, on: model)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``; whatever the method throws.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let neighbors = try Neighbors(of: explanation, within: radius, in: unit, seed: seed)
    guard let changes = try neighbors.sensitivities(samples, scaled: scaled) else { return .ofEmptyMap }
    return MetricResult(changes.reduce(0, +) / Float(samples))
  }
}

extension AverageSensitivity {
  public static let descriptor = MetricDescriptor(
    "average-sensitivity", title: "Average sensitivity", family: .robustness,
    summary: "The mean change of the map, as a share of it, when the image is changed a little.",
    citation: "Yeh, Hsieh, Suggala, Inouye & Ravikumar, NeurIPS 2019, arXiv:1901.09392", better: .lower,
    range: 0 ... .infinity, prototype: AverageSensitivity(),
    parameters: [.samples(\.samples), .radius(\.radius), .unit(\.unit), .scaled(\.scaled), .seed(\.seed)])
}

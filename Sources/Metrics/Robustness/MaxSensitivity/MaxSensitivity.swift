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
  public var unit: NoiseUnit
  public var values: Values
  public var scaled: Bool
  public var seed: UInt64

  /// What of two explanations is compared.
  public enum Values: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// One number for each pixel.
    case pixels
    /// Every number of the attribution as the method made it.
    case channels

    public var description: String { rawValue }
  }

  public init(
    samples: Int = 10, radius: Float = 0.02, unit: NoiseUnit = .range, values: Values = .pixels, scaled: Bool = false,
    seed: UInt64 = 0
  ) {
    (self.samples, self.radius, self.unit) = (samples, radius, unit)
    (self.values, self.scaled, self.seed) = (values, scaled, seed)
  }

  /// The method's, for each input nearby.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    Neighbors.cost(of: samples, by: method, on: model)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``; whatever the method throws.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let neighbors = try Neighbors(of: explanation, within: radius, in: unit, seed: seed)
    guard let changes = try neighbors.sensitivities(samples, scaled: scaled, of: values.read) else {
      return .ofEmptyMap
    }
    return MetricResult(changes.max() ?? 0)
  }
}

extension MaxSensitivity.Values {
  fileprivate func read(_ explanation: Explanation) throws -> Tensor {
    try self == .pixels ? explanation.balance() : explanation.attribution.values
  }
}

extension MaxSensitivity {
  public static let descriptor = MetricDescriptor(
    "max-sensitivity", title: "Max-sensitivity", family: .robustness,
    summary: "The greatest change of the map, as a share of it, when the image is changed a little.",
    citation: "Yeh, Hsieh, Suggala, Inouye & Ravikumar, NeurIPS 2019, arXiv:1901.09392", better: .lower,
    range: 0 ... .infinity, prototype: MaxSensitivity(),
    parameters: [
      .samples(\.samples), .radius(\.radius), .unit(\.unit),
      Parameter(
        "values", \.values, help: "whether pixels or all channels of them are compared", among: Values.allCases),
      .scaled(\.scaled), .seed(\.seed),
    ])
}

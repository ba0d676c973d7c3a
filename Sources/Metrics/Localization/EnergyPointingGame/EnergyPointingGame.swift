public import AttributionKit

/// Energy-based pointing game: how much of the evidence lies on the object.
///
///     Σ_{p ∈ O} Lₚ / Σₚ Lₚ
///
/// `L` is the evidence as it is drawn, `O` the object's pixels (Wang et al., eq. 10).
public struct EnergyPointingGame: AttributionMetric {
  public init() {}

  /// - Throws: ``AttributionError/notAnImage(_:)``.
  public func result(for explanation: Explanation) throws -> MetricResult {
    explanation.held(try explanation.evidence(), as: .evidence) { MetricResult($0.shareInside) }
  }
}

extension EnergyPointingGame {
  public static let descriptor = MetricDescriptor(
    "energy-pointing-game", title: "Energy-based pointing game", family: .localization,
    summary: "The share of the evidence that lies on the object.",
    citation: "Wang et al., CVPR Workshops 2020, arXiv:1910.01279", better: .higher, range: 0...1, needsObject: true,
    prototype: EnergyPointingGame())
}

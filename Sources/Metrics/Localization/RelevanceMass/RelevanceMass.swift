public import AttributionKit
import Tensors

/// Relevance mass accuracy: how much of what speaks for the score, once signs have cancelled out, lies on the object.
///
///     Σ_{p ∈ O} Rₚ / Σₚ Rₚ,    Rₚ = max(0, Σₖ xₖₚ)
///
/// `O` is the object's pixels.
public struct RelevanceMass: AttributionMetric {
  public init() {}

  /// - Throws: ``AttributionError/notAnImage(_:)``.
  public func result(for explanation: Explanation) throws -> MetricResult {
    explanation.held(try explanation.balance().rectified(), as: .evidence) { MetricResult($0.shareInside) }
  }
}

extension RelevanceMass {
  public static let descriptor = MetricDescriptor(
    "relevance-mass", title: "Relevance mass accuracy", family: .localization,
    summary: "The share of the positive relevance that lies on the object.",
    citation: "Arras, Osman & Samek, Information Fusion 2022, arXiv:2003.07258", better: .higher, range: 0...1,
    needsObject: true, prototype: RelevanceMass())
}

public import AttributionKit
import Tensors

/// Relevance mass accuracy: how much of what speaks for the score, once signs have cancelled out, lies on the object.
///
///     Σ_{p ∈ O} Rₚ / Σₚ Rₚ,    Rₚ = max(0, Σₖ xₖₚ)
///
/// `O` is the object's pixels.
public struct RelevanceMass: AttributionMetric {
  public var signs: Signs

  /// Which values count.
  public enum Signs: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// Those above zero.
    case positive
    /// All, with their signs, as Quantus has it: the share may lie outside of 0…1.
    case both

    public var description: String { rawValue }
  }

  public init(signs: Signs = .positive) { self.signs = signs }

  /// - Throws: ``AttributionError/notAnImage(_:)``.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let balance = try explanation.balance()
    return explanation.held(
      signs == .positive ? balance.rectified() : balance, as: signs == .positive ? .evidence : .order
    ) { MetricResult($0.shareInside) }
  }
}

extension RelevanceMass {
  public static let descriptor = MetricDescriptor(
    "relevance-mass", title: "Relevance mass accuracy", family: .localization,
    summary: "The share of the positive relevance that lies on the object.",
    citation: "Arras, Osman & Samek, Information Fusion 2022, arXiv:2003.07258", better: .higher, range: 0...1,
    needsObject: true, prototype: RelevanceMass(),
    parameters: [Parameter("signs", \.signs, help: "which values count", among: Signs.allCases)])
}

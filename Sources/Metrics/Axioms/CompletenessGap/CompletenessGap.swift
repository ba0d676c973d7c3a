public import AttributionKit

/// Completeness: how far the attributions are from adding up to what they explain.
///
///     |Σᵢ aᵢ − Δ| / |Δ|
///
/// `Δ` is what the method itself says its values add up to: the score less that of its baseline, or the score.
public struct CompletenessGap: AttributionMetric {
  /// Whether the difference is divided by what should be.
  public var relative: Bool

  public init(relative: Bool = true) { self.relative = relative }

  public func result(for explanation: Explanation) throws -> MetricResult {
    guard let completeness = explanation.attribution.completeness else {
      return .undefined("the method does not say what its values add up to")
    }
    guard relative else { return MetricResult(abs(completeness.error)) }
    guard completeness.expected != 0 else {
      return .undefined("the values should add up to zero, of which no share can be missing")
    }
    return MetricResult(abs(completeness.error / completeness.expected))
  }
}

extension CompletenessGap {
  public static let descriptor = MetricDescriptor(
    "completeness", title: "Completeness", family: .axioms,
    summary: "How far the values are from adding up to what they explain, as a share of it.",
    citation: "Sundararajan, Taly & Yan, ICML 2017, arXiv:1703.01365", better: .lower, range: 0 ... .infinity,
    prototype: CompletenessGap(),
    parameters: [
      Parameter(
        "relative", \.relative, help: "whether the difference is divided by what should be", expected: "true or false")
    ])
}

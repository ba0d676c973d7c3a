public import AttributionKit
import Tensors

/// Average drop: what the class loses when the image is seen through the map.
///
///     max(0, y − y') / y
///
/// `y` is the probability on the image and `y'` that on the image seen through the map, scaled to 1 at its peak.
public struct AverageDrop: AttributionMetric {
  public var baseline: Baseline
  public var seed: UInt64

  public init(baseline: Baseline = .black, seed: UInt64 = 0) { (self.baseline, self.seed) = (baseline, seed) }

  /// A forward pass.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost { .forward() }

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/unknownColors(_:)`` of the baseline.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let scores = try MaskedScores(of: explanation, over: baseline, seed: seed)
    guard scores.whole > 0 else { return .undefined("the score of the image is not above zero") }
    return MetricResult(max(0, scores.whole - scores.masked) / scores.whole, remarks: scores.remarks)
  }
}

extension AverageDrop {
  public static let descriptor = MetricDescriptor(
    "average-drop", title: "Average drop", family: .faithfulness,
    summary: "The share of its probability that the class loses when the image is seen through the map.",
    citation: "Chattopadhay, Sarkar, Howlader & Balasubramanian, WACV 2018, arXiv:1710.11063", better: .lower,
    range: 0...1, prototype: AverageDrop(), parameters: .masking(\.baseline, \.seed))
}

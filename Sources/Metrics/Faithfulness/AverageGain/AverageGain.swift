public import AttributionKit
import Tensors

/// Average gain: what the class gains when the image is seen through the map.
///
///     max(0, y' − y) / (1 − y)
///
/// `y` is the probability on the image and `y'` that on the image seen through the map, scaled to 1 at its peak.
public struct AverageGain: AttributionMetric {
  public var baseline: Baseline
  public var mask: MaskForm
  public var seed: UInt64

  public init(baseline: Baseline = .black, mask: MaskForm = .evidence, seed: UInt64 = 0) {
    (self.baseline, self.mask, self.seed) = (baseline, mask, seed)
  }

  /// A forward pass.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost { .forward() }

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/unknownColors(_:)`` of the baseline.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let scores = try MaskedScores(of: explanation, through: mask, over: baseline, seed: seed)
    guard scores.whole < 1 else { return .undefined("the score of the image leaves nothing to gain") }
    return MetricResult(max(0, scores.masked - scores.whole) / (1 - scores.whole), remarks: scores.remarks)
  }
}

extension AverageGain {
  public static let descriptor = MetricDescriptor(
    "average-gain", title: "Average gain", family: .faithfulness,
    summary:
      "The share of what its probability lacks of 1 that the class gains when the image is seen through the map.",
    citation: "Zhang, Torres, Sicre, Avrithis & Ayache, 2023, arXiv:2301.07002", better: .higher,
    range: 0...1, prototype: AverageGain(), parameters: .masking(\.baseline, \.mask, \.seed))
}

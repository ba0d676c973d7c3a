public import AttributionKit
import Tensors

/// Average increase: whether the class gains when the image is seen through the map.
///
///     1 where y' > y, or else 0
///
/// `y` is the probability on the image and `y'` that on the image seen through the map, scaled to 1 at its peak.
public struct AverageIncrease: AttributionMetric {
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
    return MetricResult(scores.masked > scores.whole ? 1 : 0, remarks: scores.remarks)
  }
}

extension AverageIncrease {
  public static let descriptor = MetricDescriptor(
    "average-increase", title: "Average increase", family: .faithfulness,
    summary: "Whether the class gains when the image is seen through the map: 1 or 0.",
    citation: "Chattopadhay, Sarkar, Howlader & Balasubramanian, WACV 2018, arXiv:1710.11063", better: .higher,
    range: 0...1, prototype: AverageIncrease(), parameters: .masking(\.baseline, \.mask, \.seed))
}

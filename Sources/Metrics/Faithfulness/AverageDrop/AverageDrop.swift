public import AttributionKit
import Tensors

/// Average drop: what the class loses when the image is seen through the map.
///
///     max(0, y − y') / y
///
/// `y` is the probability on the image and `y'` that on the image seen through the map, scaled to 1 at its peak.
public struct AverageDrop: AttributionMetric {
  public var baseline: Baseline
  public var mask: MaskForm
  /// Whether what is lost is divided by what there was.
  public var relative: Bool
  public var seed: UInt64

  public init(
    baseline: Baseline = .black, mask: MaskForm = .evidence, relative: Bool = true, seed: UInt64 = 0
  ) {
    (self.baseline, self.mask, self.relative, self.seed) = (baseline, mask, relative, seed)
  }

  /// A forward pass.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost { .forward() }

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/unknownColors(_:)`` of the baseline.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let scores = try MaskedScores(of: explanation, through: mask, over: baseline, seed: seed)
    let loss = max(0, scores.whole - scores.masked)
    guard relative else { return MetricResult(loss, remarks: scores.remarks) }
    guard scores.whole > 0 else { return .undefined("the score of the image is not above zero") }
    return MetricResult(loss / scores.whole, remarks: scores.remarks)
  }
}

extension AverageDrop {
  public static let descriptor = MetricDescriptor(
    "average-drop", title: "Average drop", family: .faithfulness,
    summary: "The share of its probability that the class loses when the image is seen through the map.",
    citation: "Chattopadhay, Sarkar, Howlader & Balasubramanian, WACV 2018, arXiv:1710.11063", better: .lower,
    range: 0...1, prototype: AverageDrop(),
    parameters: .masking(\.baseline, \.mask, \.seed)
      + [
        Parameter(
          "relative", \.relative, help: "whether what is lost is divided by what there was", expected: "true or false")
      ])
}

public import AttributionKit
import Tensors

/// Pixel flipping: how soon the score that was explained falls as the pixels are hidden, the most relevant first.
///
///     ∫₀¹ y(x(f)) df,    x(f) = (1 − m(f)) ⊙ x + m(f) ⊙ x₀
///
/// What tells it from deletion is what it was made for: signed relevance of the score itself, in place of a probability.
public struct PixelFlipping: AttributionMetric {
  public var steps: Int
  public var baseline: Baseline
  public var score: ScoreScale
  public var seed: UInt64

  public init(steps: Int = 50, baseline: Baseline = .black, score: ScoreScale = .score, seed: UInt64 = 0) {
    (self.steps, self.baseline, self.score, self.seed) = (steps, baseline, score, seed)
  }

  /// A forward pass for every step, and one for the image.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    .forward(steps + 1)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/unknownColors(_:)`` of the baseline.
  public func result(for explanation: Explanation) throws -> MetricResult {
    try explanation.curveResult(
      .hiding, in: explanation.balance().descendingOrder(), steps: steps, over: baseline, seed: seed, as: score,
      named: Self.descriptor.identifier)
  }
}

extension PixelFlipping {
  public static let descriptor = MetricDescriptor(
    "pixel-flipping", title: "Pixel flipping", family: .faithfulness,
    summary: "The mean score while the pixels are hidden, those first that speak most for it.",
    citation: "Bach et al., PLOS ONE 2015, doi:10.1371/journal.pone.0130140", better: .lower,
    prototype: PixelFlipping(), parameters: .curve(\.steps, \.baseline, \.score, \.seed))
}

public import AttributionKit
import Tensors

/// Insertion: how soon the score rises as the pixels are shown, the most important first.
///
///     ∫₀¹ y(x(f)) df,    x(f) = m(f) ⊙ x + (1 − m(f)) ⊙ x₀
///
/// `m(f)` is 1 at the share `f` of the pixels that the map ranks highest. Pixels of equal rank keep their order, row by row.
public struct Insertion: AttributionMetric {
  public var steps: Int
  public var baseline: Baseline
  public var score: ScoreScale
  public var ties: TieOrder
  public var seed: UInt64

  public init(
    steps: Int = 50, baseline: Baseline = .blur, score: ScoreScale = .probability, ties: TieOrder = .first,
    seed: UInt64 = 0
  ) {
    (self.steps, self.baseline, self.score, self.ties, self.seed) = (steps, baseline, score, ties, seed)
  }

  /// A forward pass for every step, and one for the baseline.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    .forward(steps + 1)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/unknownColors(_:)`` of the baseline.
  public func result(for explanation: Explanation) throws -> MetricResult {
    try explanation.curveResult(
      .showing, in: ties.order(of: explanation.importance()), steps: steps, over: baseline, seed: seed, as: score,
      named: Self.descriptor.identifier)
  }
}

extension Insertion {
  public static let descriptor = MetricDescriptor(
    "insertion", title: "Insertion", family: .faithfulness,
    summary: "The mean probability while the pixels are shown, the most important first.",
    citation: "Petsiuk, Das & Saenko, BMVC 2018, arXiv:1806.07421", better: .higher, range: 0...1,
    prototype: Insertion(), parameters: .curve(\.steps, \.baseline, \.score, \.seed) + [.ties(\.ties)])
}

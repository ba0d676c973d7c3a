public import AttributionKit
import Tensors

/// Effective complexity: the least share of the pixels that has to be shown for the network to answer as it does.
///
///     min k / N    such that    |y(xₖ) − y(x)| ≤ ε·|y(x)|
///
/// `xₖ` is the image of which only the `k` pixels are shown that the map ranks highest (Nguyen & Martínez, metric 2.3).
public struct EffectiveComplexity: AttributionMetric {
  /// `ε`, as a share of the score.
  public var tolerance: Float
  public var steps: Int
  public var baseline: Baseline
  public var score: ScoreScale
  public var seed: UInt64

  public init(
    tolerance: Float = 0.1, steps: Int = 50, baseline: Baseline = .blur, score: ScoreScale = .probability,
    seed: UInt64 = 0
  ) {
    (self.tolerance, self.steps, self.baseline, self.score, self.seed) = (tolerance, steps, baseline, score, seed)
  }

  /// A forward pass for every step, and one for the baseline.
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost {
    .forward(steps + 1)
  }

  /// - Throws: ``AttributionError/notAnImage(_:)``, ``AttributionError/unknownColors(_:)`` of the baseline.
  public func result(for explanation: Explanation) throws -> MetricResult {
    let importance = try explanation.importance()
    guard importance.scalars.allSatisfy(\.isFinite) else { return .undefined("not all values of the map are finite") }
    guard importance.scalars.contains(where: { $0 != 0 }) else { return .undefined("the map is empty") }
    let cover = try explanation.session.baseline(baseline, seed: seed)
    let curve = try explanation.curve(
      .showing, in: importance.descendingOrder(), steps: steps, over: cover, as: score,
      named: Self.descriptor.identifier)
    let whole = curve.y[curve.y.count - 1]
    let enough = curve.y.firstIndex { abs($0 - whole) <= tolerance * abs(whole) } ?? curve.y.count - 1
    let remark = "the network answers so without any pixel of the image"
    return MetricResult(
      curve.x[enough], curves: [curve],
      remarks: explanation.remarks(on: baseline) + (enough == 0 ? [remark] : []))
  }
}

extension EffectiveComplexity {
  public static let descriptor = MetricDescriptor(
    "effective-complexity", title: "Effective complexity", family: .complexity,
    summary: "The least share of the pixels, the highest first, that leads to the network's answer.",
    citation: "Nguyen & Martínez, 2020, arXiv:2007.07584", better: .lower, range: 0...1,
    prototype: EffectiveComplexity(),
    parameters: [
      Parameter(
        "tolerance", \.tolerance, help: "how far from the answer is near enough, as a share of it",
        expected: "a number from 0"
      ) { $0 >= 0 },
      Parameter(
        "steps", \.steps, help: "in how many steps all pixels are shown", expected: "a whole number from 1 to 10000"
      ) { (1...10_000).contains($0) },
      Parameter(
        "baseline", \.baseline, help: "what stands in place of hidden pixels", expected: Baseline.expected),
      Parameter(
        "score", \.score, help: "what is measured: the class's probability, or the score that was explained",
        among: ScoreScale.allCases),
      Parameter(
        "seed", \.seed, help: "the number that decides the noise of a baseline", expected: "a whole number from 0"),
    ])
}

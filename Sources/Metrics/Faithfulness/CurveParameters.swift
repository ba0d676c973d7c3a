import AttributionKit

extension Array {
  /// The parameters of metrics that change the image step by step.
  static func curve<Metric>(
    _ steps: any WritableKeyPath<Metric, Int> & Sendable, _ baseline: any WritableKeyPath<Metric, Baseline> & Sendable,
    _ score: any WritableKeyPath<Metric, ScoreScale> & Sendable, _ seed: any WritableKeyPath<Metric, UInt64> & Sendable
  ) -> [Parameter<Metric>] where Element == Parameter<Metric> {
    [
      .steps(steps),
      Parameter(
        "baseline", baseline, help: "what stands in place of hidden pixels", expected: Baseline.expected),
      .score(score),
      Parameter(
        "seed", seed, help: "the number that decides the noise of a baseline", expected: "a whole number from 0"),
    ]
  }
}

extension Parameter {
  /// How many steps lead from none to all of the pixels.
  static func steps(_ steps: any WritableKeyPath<Method, Int> & Sendable) -> Parameter {
    Parameter(
      "steps", steps, help: "in how many steps all pixels are changed", expected: "a whole number from 1 to 10000"
    ) { (1...10_000).contains($0) }
  }

  /// In what the score of a changed image is measured.
  static func score(_ score: any WritableKeyPath<Method, ScoreScale> & Sendable) -> Parameter {
    Parameter(
      "score", score, help: "what is measured: the class's probability, or the score that was explained",
      among: ScoreScale.allCases)
  }
}

extension Explanation {
  /// What people should know about a baseline, if anything.
  func remarks(on baseline: Baseline) -> [String] {
    session.facts(on: baseline).compactMap { if case .remark(let words) = $0 { words } else { nil } }
  }
}

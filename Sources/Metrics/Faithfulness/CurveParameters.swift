import AttributionKit

extension Array {
  /// The parameters of metrics that change the image step by step.
  static func curve<Metric>(
    _ steps: any WritableKeyPath<Metric, Int> & Sendable, _ baseline: any WritableKeyPath<Metric, Baseline> & Sendable,
    _ score: any WritableKeyPath<Metric, ScoreScale> & Sendable, _ seed: any WritableKeyPath<Metric, UInt64> & Sendable
  ) -> [Parameter<Metric>] where Element == Parameter<Metric> {
    [
      .steps(steps), .baseline(baseline), .score(score), .seed(seed, of: "the noise of a baseline"),
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

  /// What is seen where pixels are hidden.
  static func baseline(_ baseline: any WritableKeyPath<Method, Baseline> & Sendable) -> Parameter {
    Parameter("baseline", baseline, help: "what stands in place of hidden pixels", expected: Baseline.expected)
  }

  /// The number that decides what is random, `what` in words.
  static func seed(_ seed: any WritableKeyPath<Method, UInt64> & Sendable, of what: String) -> Parameter {
    Parameter("seed", seed, help: "the number that decides \(what)", expected: "a whole number from 0")
  }

  /// How many random choices of pixels are hidden.
  static func samples(_ samples: any WritableKeyPath<Method, Int> & Sendable) -> Parameter {
    Parameter(
      "samples", samples, help: "how many choices of pixels are hidden", expected: "a whole number from 2 to 100000"
    ) { (2...100_000).contains($0) }
  }

  /// A share of something, more than none of it.
  static func share(
    _ name: String, _ share: any WritableKeyPath<Method, Float> & Sendable, help: String
  ) -> Parameter {
    Parameter(name, share, help: help, expected: "a number above 0, up to 1") { $0 > 0 && $0 <= 1 }
  }

  /// In what the score of a changed image is measured.
  static func score(_ score: any WritableKeyPath<Method, ScoreScale> & Sendable) -> Parameter {
    Parameter(
      "score", score, help: "what is measured: the class's probability, or the score that was explained",
      among: ScoreScale.allCases)
  }
}

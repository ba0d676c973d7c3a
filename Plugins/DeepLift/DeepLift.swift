public import AttributionKit
import Tensors

/// DeepLIFT: how much of the score's difference from that of a reference each pixel's own difference makes.
///
///     M = (x − x₀) ⊙ m,   m the multiplier Δy/Δx, handed back step by step by a chain rule of its own            (eqs. 3, 5)
///
/// At an activation function `z ↦ f(z)` a multiplier is Δf/Δz in place of the derivative: nothing is lost where a rectifier is
/// closed on one side only. Steps that are linear have their own weights for multipliers.
public struct DeepLift: AttributionMethod {
  public var rule: DeepLiftRule
  public var baseline: Baseline
  public var seed: UInt64

  public init(rule: DeepLiftRule = .rescale, baseline: Baseline = .black, seed: UInt64 = 0) {
    self.rule = rule
    self.baseline = baseline
    self.seed = seed
  }

  /// The reference there and back, to see what each step does there, and a walk back for the multipliers.
  public func cost(on model: (any ModelAdapter)?) -> Cost {
    .forward() + .backward() + .walk(under: "deep-lift \(rule) \(baseline) \(seed)")
  }

  /// Its completeness says how nearly the values add up to `y(x) − y(x₀)`, equation 1.
  ///
  /// - Throws: ``AttributionError/noGradients``; what is wrong with the baseline.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let reference = try session.repeated(on: session.baseline(baseline, seed: seed))
    let values = try session.differences(from: reference, by: rule)
    let rise = session.score.value - reference.score.value
    return Attribution(
      values, at: session.inputLayer,
      facts: [.completeness(Completeness(of: values, expected: rise))] + session.facts(on: baseline))
  }
}

extension DeepLift {
  public static let descriptor = MethodDescriptor(
    "deep-lift", title: "DeepLIFT", family: .gradients,
    summary: "Each pixel's share in the score's difference from that of a baseline image, in two passes.",
    citation: "Shrikumar, Greenside & Kundaje, ICML 2017, arXiv:1704.02685", needs: [.gradients],
    prototype: DeepLift(),
    parameters: [
      Parameter("rule", \.rule, help: "how activation functions are crossed", expected: DeepLiftRule.expected),
      Parameter("baseline", \.baseline, help: "the image that stands for absence", expected: Baseline.expected),
      Parameter("seed", \.seed, help: "the number that decides baseline=noise", expected: "a whole number from 0"),
    ])
}

public import AttributionKit
import Tensors

/// Guided integrated gradients: a path from the baseline that goes where the gradient is small, so that little noise gathers.
///
///     M = ∫ ∂y/∂x (γ(α)) ⊙ dγ/dα dα,   γ moves the pixels of the least |∂y/∂x| first                 (eqs. 5–8)
///
/// At each step the share `fraction` of the pixels with the least gradients moves, as far as the step's part of the whole
/// distance asks for; none is ever further than `deviation` of the way before or behind the straight line (section 4.3, "anchored"
/// paths). With a deviation of zero the path is the straight line.
public struct GuidedIG: AttributionMethod {
  public var steps: Int
  public var fraction: Float
  public var deviation: Float
  public var baseline: Baseline
  public var seed: UInt64

  public init(
    steps: Int = 50, fraction: Float = 0.25, deviation: Float = 0.02, baseline: Baseline = .black, seed: UInt64 = 0
  ) {
    self.steps = steps
    self.fraction = fraction
    self.deviation = deviation
    self.baseline = baseline
    self.seed = seed
  }

  /// A forward and a backward pass for each step, which cannot be made side by side, and a forward pass for the baseline.
  public func cost(on model: (any ModelAdapter)?) -> Cost { .forward(steps + 1) + .backward(steps) }

  /// Its completeness says how nearly the values add up to `y(x) − y(x₀)`.
  ///
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one step.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    guard steps > 0 else {
      throw AttributionError.unusableParameter(
        "steps", value: "\(steps)", method: "guided-ig", expected: "a whole number from 1")
    }
    let x0 = try session.baseline(baseline, seed: seed)
    var path = AdaptivePath(from: x0, to: session.input, fraction: fraction, deviation: deviation)
    for step in 0..<steps where path.isMoving {
      try session.report(passes: step, of: steps)
      let gradient = try session.repeated(on: path.point).inputGradient()
      path.move(to: Double(step + 1) / Double(steps), along: gradient)
    }
    let difference = session.score.value - (try session.scores(of: 1) { _ in x0 })[0]
    return Attribution(
      path.attribution, at: session.inputLayer,
      facts: [.completeness(Completeness(of: path.attribution, expected: difference))] + session.facts(on: baseline))
  }
}

extension GuidedIG {
  public static let descriptor = MethodDescriptor(
    "guided-ig", title: "Guided IG", family: .gradients,
    summary: "Each pixel's share in the score's rise from a baseline image, along a path with little noise.",
    citation: "Kapishnikov et al., CVPR 2021, arXiv:2106.09788", needs: [.gradients], prototype: GuidedIG(),
    parameters: [
      Parameter(
        "steps", \.steps, help: "how many gradients the integral is taken from",
        expected: "a whole number from 1 to 10000"
      ) { (1...10_000).contains($0) },
      Parameter(
        "fraction", \.fraction, help: "the share of the pixels that move at a time",
        expected: "a number from 0.001 to 1"
      ) { (0.001...1).contains($0) },
      Parameter(
        "deviation", \.deviation, help: "how far a pixel may be from the straight line, as a share of its way",
        expected: "a number from 0 to 1"
      ) { (0...1).contains($0) },
      Parameter("baseline", \.baseline, help: "the image that stands for absence", expected: Baseline.expected),
      Parameter("seed", \.seed, help: "the number that decides baseline=noise", expected: "a whole number from 0"),
    ])
}

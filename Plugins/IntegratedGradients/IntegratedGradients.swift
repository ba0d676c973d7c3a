public import AttributionKit
public import Tensors

/// Integrated gradients: the gradient along the straight path from a baseline `x₀`, times the way gone.
///
///     M = (x − x₀) ⊙ ∫₀¹ ∂y/∂x (x₀ + α·(x − x₀)) dα                                (eq. 1)
///
/// The integral is taken by Gauss–Legendre quadrature, which needs fewer nodes than the paper's Riemann sum (eq. 3). At a
/// layer it is internal influence: see ``AttributedPlace/layer(_:)``.
public struct IntegratedGradients: AttributionMethod {
  public var steps: Int
  public var baseline: Baseline
  public var seed: UInt64
  public var place: AttributedPlace
  /// How the integral is made of its nodes.
  public var rule: QuadratureRule

  public init(
    steps: Int = 50, baseline: Baseline = .black, seed: UInt64 = 0, at place: AttributedPlace = .input,
    rule: QuadratureRule = .gaussLegendre
  ) {
    self.steps = steps
    self.baseline = baseline
    self.seed = seed
    self.place = place
    self.rule = rule
  }

  /// A forward and a backward pass for each step, and a forward pass for the baseline.
  public func cost(on model: (any ModelAdapter)?) -> Cost {
    .forward(place == .input ? steps + 1 : steps) + .backward(steps)
  }

  /// Its completeness says how nearly the values add up to `y(x) − y(x₀)` (proposition 1).
  ///
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one step.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    guard steps > 0 else {
      throw AttributionError.unusableParameter(
        "steps", value: "\(steps)", method: "integrated-gradients", expected: "a whole number from 1")
    }
    let x0 = try session.baseline(baseline, seed: seed)
    let nodes = rule.nodes(steps)
    if case .layer(let target) = place {
      let layer = try target.resolve(in: session.model)
      return Attribution(
        try session.influence(of: layer, from: x0, over: nodes), at: layer, facts: session.facts(on: baseline))
    }
    let values = try session.integratedGradients(from: x0, over: nodes)
    let difference = session.score.value - (try session.scores(of: 1) { _ in x0 })[0]
    return Attribution(
      values, at: session.inputLayer,
      facts: [.completeness(Completeness(of: values, expected: difference))] + session.facts(on: baseline))
  }
}

extension ExplanationSession {
  /// Integrated gradients of this input from `x0`, by as many Gauss–Legendre nodes; in the input's shape.
  ///
  /// - Throws: ``AttributionError/noGradients``, ``AttributionError/wrongShape(_:for:)``; whatever the model throws.
  public func integratedGradients(from x0: Tensor, steps: Int) throws -> Tensor {
    try integratedGradients(from: x0, over: GaussLegendre(count: steps).nodes)
  }

  func integratedGradients(from x0: Tensor, over nodes: [GaussLegendre.Node]) throws -> Tensor {
    (input - x0) * (try inputGradient(integratedFrom: x0, over: nodes))
  }
}

extension IntegratedGradients {
  public static let descriptor = MethodDescriptor(
    "integrated-gradients", title: "Integrated gradients",
    family: .gradients, summary: "Each pixel's share in the score's rise from a baseline image, to the last bit of it.",
    citation: "Sundararajan, Taly & Yan, ICML 2017, arXiv:1703.01365", needs: [.gradients],
    prototype: IntegratedGradients(),
    parameters: [
      Parameter(
        "steps", \.steps, help: "how many gradients the integral is taken from",
        expected: "a whole number from 1 to 10000"
      ) { (1...10_000).contains($0) },
      Parameter("baseline", \.baseline, help: "the image that stands for absence", expected: Baseline.expected),
      Parameter("seed", \.seed, help: "the number that decides baseline=noise", expected: "a whole number from 0"),
      Parameter(
        "layer", \.place, help: "where the gradient is taken: the pixels, or a layer for its internal influence",
        expected: "input, or a layer's name, a pattern such as features*, or an index such as conv[-1]"),
      Parameter("rule", \.rule, help: "how the integral is taken", among: QuadratureRule.allCases),
    ])
}

public import AttributionKit
public import Tensors

/// Conductance: how much of the integrated gradients flows through a layer.
///
///     M = Σₖ ∫₀¹ ∂y/∂Aₖ · ∂Aₖ/∂α dα,   along x₀ + α·(x − x₀)                                (eq. 2)
///
/// The integral is taken by the trapezoid rule over the changes of the activation itself, `Σ ½(gᵢ + gᵢ₊₁) ⊙ (Aᵢ₊₁ − Aᵢ)`,
/// both ends of the path included. Where everything that reaches the score goes through the layer, the map adds up to `y(x) − y(x₀)`.
public struct Conductance: ChannelwiseMethod {
  public var targetLayer: TargetLayer
  public var steps: Int
  public var baseline: Baseline
  public var seed: UInt64

  public init(
    targetLayer: TargetLayer = .automatic, steps: Int = 50, baseline: Baseline = .black, seed: UInt64 = 0
  ) {
    self.targetLayer = targetLayer
    self.steps = steps
    self.baseline = baseline
    self.seed = seed
  }

  /// A forward pass for each point of the path but the picture itself, and a walk back from each.
  public func cost(on model: (any ModelAdapter)?) -> Cost { .forward(steps) + .backward(steps) + .shared }

  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one step.
  public func contributions(on layer: Layer, in session: ExplanationSession) throws -> Tensor {
    guard steps > 0 else {
      throw AttributionError.unusableParameter(
        "steps", value: "\(steps)", method: "conductance", expected: "a whole number from 1")
    }
    let x = session.input, x0 = try session.baseline(baseline, seed: seed)
    func point(_ step: Int) throws -> (activation: Tensor, gradient: Tensor) {
      try session.report(passes: step, of: steps + 1)
      let here = step == steps ? session : try session.repeated(on: x0 + Float(step) / Float(steps) * (x - x0))
      return (try here.activation(at: layer), try here.gradient(at: layer))
    }
    var passed = try point(0), sum = Tensor(repeating: 0, shape: layer.shape)
    for step in 1...steps {
      let next = try point(step)
      sum = sum + 0.5 * (passed.gradient + next.gradient) * (next.activation - passed.activation)
      passed = next
    }
    return sum
  }

  public func facts(on layer: Layer, in session: ExplanationSession) throws -> [Fact] { session.facts(on: baseline) }
}

extension Conductance {
  public static let descriptor = MethodDescriptor(
    "conductance", title: "Conductance", family: .gradients,
    summary: "The share of a layer's places in the score's rise from a baseline image.",
    citation: "Dhamdhere, Sundararajan & Yan, ICLR 2019, arXiv:1805.12233", needs: [.gradients, .spatialLayer],
    prototype: Conductance(),
    parameters: [
      .layer(\.targetLayer),
      Parameter(
        "steps", \.steps, help: "how many steps the path is cut into", expected: "a whole number from 1 to 10000"
      ) { (1...10_000).contains($0) },
      Parameter("baseline", \.baseline, help: "the image that stands for absence", expected: Baseline.expected),
      Parameter("seed", \.seed, help: "the number that decides baseline=noise", expected: "a whole number from 0"),
    ])
}

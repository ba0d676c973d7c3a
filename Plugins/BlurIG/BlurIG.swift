public import AttributionKit
import Tensors

/// Blur integrated gradients: the gradient along a path on which the picture comes into focus, times the way gone.
///
///     M = ∫ ∂y/∂x (L(α)) ⊙ ∂L/∂α dα,   L(α) the picture blurred by a Gaussian, from α = ∞ to 0        (eq. 4)
///
/// The picture needs no baseline but its own blur. The integral is taken by the trapezoid rule over the changes of the picture
/// itself, `Σ ½(gᵢ + gᵢ₊₁) ⊙ (Lᵢ₊₁ − Lᵢ)`; the deviations fall with the square of the step, since the last pixels of blur take
/// away most of what a network sees.
public struct BlurIG: AttributionMethod {
  public var steps: Int
  public var blur: Float

  public init(steps: Int = 50, blur: Float = 0.2) {
    self.steps = steps
    self.blur = blur
  }

  /// A forward and a backward pass for each step but the picture itself, and a forward pass for the most blurred one.
  public func cost(on model: (any ModelAdapter)?) -> Cost { .forward(steps + 1) + .backward(steps) + .shared }

  /// Its completeness says how nearly the values add up to `y(x) − y(L(α₀))`.
  ///
  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one step;
  ///   ``AttributionError/notAnImage(_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    guard steps > 0 else {
      throw AttributionError.unusableParameter(
        "steps", value: "\(steps)", method: "blur-ig", expected: "a whole number from 1")
    }
    let grid = try session.grid, planes = grid.planes(session.input)
    let most = blur * Float(min(grid.height, grid.width))
    var pictures = [session.input]
    for step in 1...steps {
      let share = Float(step) / Float(steps)
      pictures.insert(grid.image(planes.blurred(deviation: most * share * share)), at: 0)
    }
    var values = Tensor(repeating: 0, shape: session.input.shape), passed = values
    func pass(_ index: Int, _ gradient: Tensor) {
      if index > 0 { values = values + 0.5 * (passed + gradient) * (pictures[index] - pictures[index - 1]) }
      passed = gradient
    }
    try session.inputGradients(of: steps) {
      pictures[$0]
    } each: {
      pass($0, $1)
    }
    pass(steps, try session.inputGradient())
    let difference = session.score.value - (try session.scores(of: 1) { _ in pictures[0] })[0]
    return Attribution(
      values, at: session.inputLayer, facts: [.completeness(Completeness(of: values, expected: difference))])
  }
}

extension BlurIG {
  public static let descriptor = MethodDescriptor(
    "blur-ig", title: "Blur IG", family: .gradients,
    summary: "Each pixel's share in the score's rise as the picture comes into focus.",
    citation: "Xu, Venugopalan & Sundararajan, CVPR 2020, arXiv:2004.03383", needs: [.gradients], prototype: BlurIG(),
    parameters: [
      Parameter(
        "steps", \.steps, help: "how many gradients the integral is taken from",
        expected: "a whole number from 1 to 1000"
      ) { (1...1000).contains($0) },
      Parameter(
        "blur", \.blur, help: "the greatest deviation of the blur, as a share of the shorter side",
        expected: "a number above 0, up to 1"
      ) { $0 > 0 && $0 <= 1 },
    ])
}

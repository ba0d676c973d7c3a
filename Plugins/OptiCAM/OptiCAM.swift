public import AttributionKit
public import Tensors

/// Opti-CAM: the weights whose map, as a mask of the image, makes the score greatest.
///
///     w = softmax(u*),    u* = argmax_u y(x ⊙ N(U(Σₖ softmax(u)ₖ Aₖ)))
///
/// `U` stretches the map over the image, `N` scales it to 0…1. `u` begins with equal weights and is moved by Adam, a
/// forward and a backward pass at each step.
public struct OptiCAM: ClassActivationMapping {
  public var targetLayer: TargetLayer
  public var steps: Int
  /// The learning rate.
  public var rate: Float

  public init(targetLayer: TargetLayer = .automatic, steps: Int = 50, rate: Float = 0.1) {
    self.targetLayer = targetLayer
    self.steps = steps
    self.rate = rate
  }

  public func cost(on model: (any ModelAdapter)?) -> Cost { .forward(steps) + .backward(steps) }

  /// - Throws: ``AttributionError/unusableParameter(_:value:method:expected:)`` for less than one step;
  ///   ``AttributionError/notAnImage(_:)``.
  public func channelWeights(of layer: Layer, in session: ExplanationSession) throws -> Tensor {
    guard steps > 0 else {
      throw AttributionError.unusableParameter(
        "steps", value: "\(steps)", method: "opti-cam", expected: "a whole number from 1")
    }
    let masks = try MaskOfChannels(session.activation(at: layer), over: session.grid)
    var u = Tensor(repeating: 0, shape: [layer.shape[0]]), adam = Adam(rate: rate, count: layer.shape[0])
    for step in 0..<steps {
      let w = u.softmax()
      guard let slope = try masks.gradient(at: w, in: session) else { return w }
      // Through the softmax: w ⊙ (∂y/∂w − w·∂y/∂w).
      let mean = zip(w.scalars, slope.scalars).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      u = u + adam.step(along: w * slope.map { $0 - Float(mean) })
      try session.report(passes: step + 1, of: steps)
    }
    return u.softmax()
  }
}

/// Kingma and Ba's method of moments, which climbs.
private struct Adam {
  let rate: Float
  private var mean: [Float], square: [Float]
  private var steps = 0

  init(rate: Float, count: Int) {
    self.rate = rate
    (mean, square) = (Array(repeating: 0, count: count), Array(repeating: 0, count: count))
  }

  /// How far to go up a slope, with the usual moments of 0.9 and 0.999.
  mutating func step(along slope: Tensor) -> Tensor {
    steps += 1
    var (first, second): (Float, Float) = (1, 1)
    for _ in 0..<steps { (first, second) = (first * 0.9, second * 0.999) }
    for (i, g) in slope.scalars.enumerated() {
      mean[i] = 0.9 * mean[i] + 0.1 * g
      square[i] = 0.999 * square[i] + 0.001 * g * g
    }
    return Tensor(
      zip(mean, square).map { rate * $0 / (1 - first) / (($1 / (1 - second)).squareRoot() + 1e-8) }, shape: slope.shape)
  }
}

extension OptiCAM {
  public static let descriptor = MethodDescriptor(
    "opti-cam", title: "Opti-CAM", family: .cams,
    summary: "The mask made of the layer's channels through which the image scores the most.",
    citation: "Zhang et al., CVIU 2024, arXiv:2301.07002", needs: [.gradients, .spatialLayer], prototype: OptiCAM(),
    parameters: [
      .layer(\.targetLayer),
      Parameter(
        "steps", \.steps, help: "how often the weights are moved", expected: "a whole number from 1 to 10000"
      ) { (1...10_000).contains($0) },
      Parameter("rate", \.rate, help: "how far they are moved at a step", expected: "a number above 0") {
        $0 > 0 && $0.isFinite
      },
    ])
}

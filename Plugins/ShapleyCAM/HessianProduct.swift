import AttributionKit
import Tensors

/// `H A`, the score's second derivative by a layer's activation times that activation.
///
///     H A = d/dt g((1 + t) A) at t = 0 ≈ (4 D(t/2) − D(t)) / 3,    D(t) = (g((1 + t)A) − g((1 − t)A)) / 2t
///
/// Central differences with Richardson's extrapolation, for `t = 1/8`: what is left out is of the order of `t⁴/4`
/// of the fifth derivative, and rounding of the gradients counts about tenfold. On networks whose gradient is smooth
/// this agrees with automatic differentiation to about 1e-4 of the gradient.
///
/// Rectifiers have no second derivative but where they bend. A difference would meet such bends, by chance, where
/// automatic differentiation never does; so all gradients cross rectifiers by the gates of the activation itself.
struct HessianProduct {
  let value: Tensor
  /// How far the extrapolation went: `(D(t/2) − D(t)) / 3`, more than what is still off where the gradient is smooth.
  let error: Tensor

  /// How many gradients it takes.
  static let gradients = 4

  init(at layer: Layer, in session: ExplanationSession) throws {
    let a = try session.activation(at: layer), gates = Gates(of: session)
    func gradient(_ factor: Float) throws -> Tensor {
      try session.resumed(replacing: layer, with: factor * a).gradient(at: layer, under: gates)
    }
    func difference(_ t: Float) throws -> Tensor { try 1 / (2 * t) * (gradient(1 + t) - gradient(1 - t)) }
    let wide = try difference(1 / 8), narrow = try difference(1 / 16)
    error = 1 / 3 * (narrow - wide)
    value = narrow + error
  }
}

/// Rectifiers crossed by the gates of another run.
private struct Gates: GradientRule {
  let session: ExplanationSession
  private let layers: [String: Layer]

  init(of session: ExplanationSession) {
    self.session = session
    layers = Dictionary(session.model.layers.map { ($0.name, $0.native) }, uniquingKeysWith: { first, _ in first })
  }

  func crossing(_ step: Step) -> Crossing {
    guard step.activation == .rectifier, let input = step.inputs.first.flatMap({ layers[$0] }),
      let output = layers[step.name]
    else { return .derivative }
    return .replaced { [session] cotangent in
      let x = try session.activation(at: input), y = try session.activation(at: output)
      // Open where the output is the input: above zero, and below where the rectifier clips; but for rounding.
      let open = zip(x.scalars, y.scalars).map { x, y in y > 0 && abs(x - y) <= 1e-3 * y }
      return Tensor(zip(cotangent.scalars, open).map { $1 ? $0 : 0 }, shape: cotangent.shape)
    }
  }

  static func == (lhs: Gates, rhs: Gates) -> Bool { lhs.session === rhs.session }

  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(session)) }
}

public import AttributionKit
import Tensors

/// The gradient of the network with softened rectifiers, on the activations of the network as it is.
///
///     v ↦ v · σ(βx)   at every rectifier: the derivative of `softplus_β(x) = 1/β · ln(1 + exp(βx))`
///
/// The smaller β, the less the map follows the kinks of the network's surface; for large β it is the gradient.
public struct ReLUBetaSmooth: AttributionMethod {
  public var beta: Float

  public init(beta: Float = 10) { self.beta = beta }

  /// - Throws: ``AttributionError/nothingToGuide(method:activations:)`` for a network without rectifiers.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let rule = SoftenedRectifiers(beta: beta)
    let coverage = RuleCoverage(of: rule, over: session.steps)
    guard coverage.crossed > 0 else {
      throw AttributionError.nothingToGuide(method: "relu-beta-smooth", activations: coverage.activations)
    }
    let gradient = try session.inputGradient(under: rule)
    return Attribution(gradient, at: session.inputLayer, facts: [.coverage(coverage)])
  }

  public func cost(on model: (any ModelAdapter)?) -> Cost { .walk(under: "relu-beta-smooth \(beta)") }
}

/// Rectifiers crossed by softplus' derivative; where one clips from above, it stays flat there.
public struct SoftenedRectifiers: GradientRule {
  public var beta: Float

  public init(beta: Float) { self.beta = beta }

  public func crossing(_ step: Step) -> Crossing {
    guard step.activation == .rectifier else { return .derivative }
    return .computed { [beta] crossed in
      let x = crossed.inputs[0]
      let derivative = try crossed.pullback(Tensor(repeating: 1, shape: x.shape))[0] ?? x
      let slopes = zip((beta * x).sigmoid().scalars, zip(x.scalars, derivative.scalars)).map { sigmoid, at in
        at.0 > 0 ? sigmoid * at.1 : sigmoid
      }
      return [crossed.cotangent * Tensor(slopes, shape: x.shape)]
    }
  }
}

extension ReLUBetaSmooth {
  public static let descriptor = MethodDescriptor(
    "relu-beta-smooth", title: "ReLU-β-smooth", family: .propagation,
    summary: "Pixels whose small changes would change the score, were the network's kinks rounded off.",
    citation: "Dombrowski et al., NeurIPS 2019, arXiv:1906.07983", needs: [.gradients, .rectifiers],
    prototype: ReLUBetaSmooth(),
    parameters: [
      Parameter("beta", \.beta, help: "how sharp the kinks stay", expected: "a number above zero") {
        $0 > 0 && $0.isFinite
      }
    ])
}

extension Need {
  /// Rectifiers, which the rule softens.
  fileprivate static let rectifiers = activations("rectifiers", words: "rectifiers") { method, _ in
    SoftenedRectifiers(beta: (method as? ReLUBetaSmooth)?.beta ?? 1)
  }
}

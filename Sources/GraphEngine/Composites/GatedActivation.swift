package import Kernels

/// An activation function `x · g(x)` spelled as two steps, its gate and a product: SiLU, hard swish.
struct GatedActivation {
  /// The step that computes `g(x)`.
  let gate: PlannedStep
  /// What the two steps make together.
  let function: UnaryFunction

  /// `nil` where a step is no such product; `producer` tells the step that computes a value.
  init?(product step: PlannedStep, producer: (ValueID) -> PlannedStep?) {
    guard let product = step.node.op as? Arithmetic, product.function == .multiply else { return nil }
    for (x, gate) in [(0, 1), (1, 0)] {
      guard let gate = producer(step.inputs[gate]), gate.inputs == [step.inputs[x]],
        let function = (gate.node.op as? ElementwiseFunction)?.function, let whole = UnaryFunction(gate: function)
      else { continue }
      (self.gate, self.function) = (gate, whole)
      return
    }
    return nil
  }
}

extension UnaryFunction {
  /// The activation function `x · g(x)` of a gate `g`; `nil` where it has no name.
  ///
  /// - Parameters:
  ///   - gate: `g`.
  ///   - tolerance: how far the numbers of a hard sigmoid may be off, by rounding in a file.
  package init?(gate: UnaryFunction, tolerance: Float = 0) {
    func isClose(_ a: Float, _ b: Float) -> Bool { Swift.abs(a - b) <= tolerance * b }
    switch gate {
    case .sigmoid: self = .silu
    case .hardSigmoid(let alpha, let beta) where isClose(alpha, 1 / 6) && isClose(beta, 0.5): self = .hardSwish
    default: return nil
    }
  }
}

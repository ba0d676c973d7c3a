import GraphEngine
import Kernels

/// Activation functions spelled as products: GELU, SiLU, HardSwish, Mish; and HardSigmoid as a clip.
extension Recognition {
  func activation(at index: Int) -> Whole? {
    let node = graph.nodes[index]
    let isProduct: Bool =
      switch (node.op as? Arithmetic)?.function {
      case .multiply?, .divide?: true
      default: false
      }
    guard isProduct || (node.op as? ElementwiseFunction)?.function.isLinear == true else { return nil }
    // The input may be a product itself, so that no one depth is right for all.
    for depth in 1...4 {
      guard let product = Product(of: node.output, in: self, depth: depth) else { break }
      if let whole = activation(product) { return whole }
    }
    return nil
  }

  private func activation(_ product: Product) -> Whole? {
    if product.factors.count == 1 { return hardSigmoid(product) }
    for x in Set(product.factors).sorted() {
      guard let gate = product.other(than: x), let kind = activation(product.coefficient, of: x, gatedBy: gate) else {
        continue
      }
      return Whole(kind, of: x)
    }
    return nil
  }

  /// What `coefficient · x · gate` is.
  private func activation(_ coefficient: Double, of x: String, gatedBy gate: String) -> UnaryFunction? {
    if isClose(coefficient, 0.5), let inner = onePlus(gate), let (function, argument) = function(of: inner) {
      switch function {
      case .erf where isErrorArgument(argument, x): return .gelu
      case .tanh where isTanhArgument(argument, x): return .geluTanh
      default: return nil
      }
    }
    if isClose(coefficient, 1.0 / 6), isShiftedReLU6(gate, x) { return .hardSwish }
    guard isClose(coefficient, 1), let (function, argument) = function(of: gate) else { return nil }
    if argument == x { return UnaryFunction(gate: function, tolerance: 1e-3) }
    if function == .tanh, case (.softplus, x)? = self.function(of: argument) { return .mish }
    return nil
  }

  /// `clip(x + 3, 0, 6)/6`.
  private func hardSigmoid(_ product: Product) -> Whole? {
    guard isClose(product.coefficient, 1.0 / 6), let node = producer(of: product.factors[0]),
      (node.op as? ElementwiseFunction)?.function == .clip(0, 6), let x = sum(node.inputs[0], with: 3)
    else { return nil }
    return Whole(.hardSigmoid(alpha: 1 / 6, beta: 0.5), of: x)
  }

  private func isShiftedReLU6(_ gate: String, _ x: String) -> Bool {
    guard case (.clip(0, 6), let shifted)? = function(of: gate) else { return false }
    return sum(shifted, with: 3) == x
  }

  /// Whether a value is `x/√2`.
  private func isErrorArgument(_ name: String, _ x: String) -> Bool {
    guard let product = Product(of: name, in: self, keeping: x) else { return false }
    return product.factors == [x] && isClose(product.coefficient, 0.5.squareRoot())
  }

  /// `√(2/π)·(x + 0.044715 x³)`, also with `x` before the bracket.
  private func isTanhArgument(_ name: String, _ x: String) -> Bool {
    guard let product = Product(of: name, in: self, keeping: x),
      isClose(product.coefficient, (2 / Double.pi).squareRoot())
    else { return false }
    if product.factors.count == 1, let (a, b) = operands(of: product.factors[0], .add) {
      return a == x && isScaledPower(b, x, 3) || b == x && isScaledPower(a, x, 3)
    }
    if let bracket = product.other(than: x), let rest = onePlus(bracket) { return isScaledPower(rest, x, 2) }
    return false
  }

  private func isScaledPower(_ name: String, _ x: String, _ exponent: Int) -> Bool {
    guard let product = Product(of: name, in: self, keeping: x), isClose(product.coefficient, 0.044715) else {
      return false
    }
    return product.factors == [String](repeating: x, count: exponent)
  }

  /// `y` where the value is `1 + y`.
  private func onePlus(_ name: String) -> String? { sum(name, with: 1) }

  /// `y` where the value is `y` and a number.
  private func sum(_ name: String, with number: Float) -> String? {
    if let (a, b) = operands(of: name, .add) {
      if scalar(b) == number { return a }
      return scalar(a) == number ? b : nil
    }
    if case (.linear(1, number), let input)? = function(of: name) { return input }
    return nil
  }
}

extension UnaryFunction {
  fileprivate var isLinear: Bool { if case .linear = self { true } else { false } }
}

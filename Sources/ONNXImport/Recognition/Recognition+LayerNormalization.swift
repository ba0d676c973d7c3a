import GraphEngine
import Kernels

/// Layer normalisation spelled out: `(x − μ)/√(mean (x − μ)² + ε)`, then perhaps `·γ` and `+ β`.
extension Recognition {
  func layerNormalization(at index: Int) -> Whole? {
    let node = graph.nodes[index]
    switch (node.op as? Arithmetic)?.function {
    case .divide?: return normalized(node)
    case .multiply?, .add?: return extended(node)
    default: return nil
    }
  }

  /// The bare normalisation, whose scale is one.
  private func normalized(_ node: Node) -> Whole? {
    let (centered, deviation) = (node.inputs[0], node.inputs[1])
    guard let (x, mean) = operands(of: centered, .subtract), let (axes, source) = average(of: mean), source == x,
      case (.sqrt, let shifted)? = function(of: deviation), let (variance, epsilon) = shiftedVariance(shifted),
      let (squareAxes, square) = average(of: variance), squareAxes == axes, isSquare(square, of: centered),
      let shape = trailingShape(axes, of: x)
    else { return nil }
    var whole = Whole(
      LayerNormalization(axis: axes[0], epsilon: epsilon), [x, "\(node.output).scale"])
    whole.constants["\(node.output).scale"] = NDArray(repeating: 1, shape: shape).asConstant()
    return whole
  }

  /// A normalisation recognised before takes in the scale, then the shift, behind it.
  private func extended(_ node: Node) -> Whole? {
    for (value, factor) in [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])] {
      guard let inner = producer(of: value), let op = inner.op as? LayerNormalization,
        let array = graph.constants[factor], let scale = graph.constants[inner.inputs[1]], array.shape == scale.shape
      else { continue }
      let isScale = (node.op as? Arithmetic)?.function == .multiply
      if isScale, inner.inputs.count == 2, inner.inputs[1] == "\(inner.output).scale" {
        return Whole(op, [inner.inputs[0], factor])
      }
      if !isScale, inner.inputs.count == 2 { return Whole(op, inner.inputs + [factor]) }
    }
    return nil
  }

  private func average(of name: String) -> (axes: [Int], input: String)? {
    guard let node = producer(of: name), let op = node.op as? Reduction, op.reduction == .mean, op.keepsDimensions
    else {
      return nil
    }
    return (op.axes, node.inputs[0])
  }

  private func shiftedVariance(_ name: String) -> (variance: String, epsilon: Float)? {
    guard let (a, b) = operands(of: name, .add) else { return nil }
    if let epsilon = scalar(b) { return (a, epsilon) }
    return scalar(a).map { (b, $0) }
  }

  private func isSquare(_ name: String, of x: String) -> Bool {
    guard let product = Product(of: name, in: self) else { return false }
    return product.coefficient == 1 && product.factors == [x, x]
  }

  /// The extents of the last axes, where those are the ones named.
  private func trailingShape(_ axes: [Int], of name: String) -> [Int]? {
    guard let shape = shapes[name], axes == Array((shape.count - axes.count)..<shape.count) else { return nil }
    return axes.map { shape[$0] }
  }
}

import GraphEngine
import Kernels

/// Between which bounds values lie, whatever the image, as far as the operators before them tell.
extension GraphEnds {
  /// Whether a value cannot be negative.
  func isNonnegative(_ value: String) -> Bool { bounds(of: value).lowerBound >= 0 }

  /// The bounds of a value; infinite where nothing is known.
  func bounds(of value: String, depth: Int = 10) -> ClosedRange<Float> {
    let unknown = -Float.infinity...Float.infinity
    if let range = range(of: value) { return range }
    guard depth > 0, let node = producers[value] else { return unknown }
    func inner(_ index: Int = 0) -> ClosedRange<Float> { bounds(of: node.inputs[index], depth: depth - 1) }
    switch node.op {
    case is Softmax: return 0...1
    case is LogSoftmax: return -.infinity...0
    case is Identity, is Reshape, is Transpose, is Slice, is Gather, is GlobalAveragePool, is Expand, is Resize:
      return inner()
    case let reduction as Reduction:
      switch reduction.reduction {
      case .l1, .l2, .sumOfSquares: return 0...(.infinity)
      case .mean, .max, .min: return inner()
      case .sum, .product:
        let range = inner()
        return range.lowerBound >= 0
          ? 0...(.infinity) : range.upperBound <= 0 && reduction.reduction == .sum ? -.infinity...0 : unknown
      default: return unknown
      }
    case let function as ElementwiseFunction: return inner().mapped(by: function.function) ?? unknown
    case let arithmetic as Arithmetic where node.inputs.count == 2:
      if let known = bounds(ofQuotient: value) { return known }
      let (a, b) = (inner(), inner(1))
      switch arithmetic.function {
      case .multiply where node.inputs[0] == node.inputs[1]: return 0...(.infinity)
      case .add: return a.lowerBound + b.lowerBound...a.upperBound + b.upperBound
      case .subtract: return a.lowerBound - b.upperBound...a.upperBound - b.lowerBound
      case .multiply: return a.times(b)
      case .divide where b.lowerBound > 0: return a.times(1 / b.upperBound...1 / b.lowerBound)
      case .divide where b.lowerBound >= 0 && a.lowerBound >= 0: return 0...(.infinity)
      case .maximum: return max(a.lowerBound, b.lowerBound)...max(a.upperBound, b.upperBound)
      case .minimum: return min(a.lowerBound, b.lowerBound)...min(a.upperBound, b.upperBound)
      default: return unknown
      }
    case is GraphEngine.Comparison: return 0...1
    default: return unknown
    }
  }

  /// The bounds of `x / (1 + |x|)`, softsign in another spelling.
  private func bounds(ofQuotient value: String) -> ClosedRange<Float>? {
    guard let (above, below) = quotient(value) else { return nil }
    let (source, scale, shift) = affine(below)
    if scale == 1, shift == 1, argument(of: source, .abs) == above { return -1...1 }
    return nil
  }
}

extension ClosedRange<Float> {
  /// Whether values reach from 0 to 1 and no further, as probabilities do.
  var areProbabilities: Bool { Swift.abs(lowerBound) < 1e-3 && Swift.abs(upperBound - 1) < 1e-3 }

  /// All products of a number here and one there; no bounds where these are not known.
  fileprivate func times(_ other: ClosedRange<Float>) -> ClosedRange<Float> {
    // Nothing times anything is nothing, whatever IEEE says of infinities.
    let ends = [lowerBound, upperBound].flatMap { x in
      [other.lowerBound, other.upperBound].map { x == 0 || $0 == 0 ? 0 : x * $0 }
    }
    return (ends.min() ?? -.infinity)...(ends.max() ?? .infinity)
  }

  /// The bounds of a function's values; `nil` where they are not known.
  fileprivate func mapped(by function: UnaryFunction) -> ClosedRange<Float>? {
    func rising(_ function: (Float) -> Float) -> ClosedRange<Float> { function(lowerBound)...function(upperBound) }
    switch function {
    case .relu: return rising { Swift.max($0, 0) }
    case .clip(let low, let high): return rising { Swift.min(Swift.max($0, low), high) }
    case .sigmoid, .hardSigmoid: return 0...1
    case .elu(let alpha): return Swift.max(lowerBound, -alpha)...Swift.max(upperBound, -alpha)
    case .tanh, .erf, .softsign, .sign, .sin, .cos: return -1...1
    case .softplus, .cosh: return 0...(.infinity)
    case .exp: return (lowerBound >= 0 ? 1 : 0)...(upperBound <= 0 ? 1 : .infinity)
    case .log where lowerBound >= 0: return -.infinity...(upperBound <= 1 ? 0 : .infinity)
    case .abs: return 0...Swift.max(Swift.abs(lowerBound), Swift.abs(upperBound))
    case .sqrt: return 0...(upperBound <= 1 ? 1 : .infinity)
    case .pow(2): return 0...(.infinity)
    case .pow(let exponent) where exponent > 0 && lowerBound >= 0: return 0...(upperBound <= 1 ? 1 : .infinity)
    case .reciprocal where lowerBound >= 0: return 0...(lowerBound >= 1 ? 1 : .infinity)
    case .neg: return -upperBound...(-lowerBound)
    case .linear(0, let shift): return shift...shift
    case .linear(let scale, let shift):
      let ends = [lowerBound * scale + shift, upperBound * scale + shift]
      return Swift.min(ends[0], ends[1])...Swift.max(ends[0], ends[1])
    default: return nil
    }
  }
}

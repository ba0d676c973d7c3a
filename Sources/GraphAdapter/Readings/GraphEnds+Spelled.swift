import GraphEngine
import Kernels

/// Softmaxes, sigmoids and norms that a file spells out by sums, exponentials and quotients.
extension GraphEnds {
  /// The source of a value that is `scale · source + shift`, both single numbers of the file.
  func affine(_ value: String) -> (source: String, scale: Float, shift: Float) {
    var (source, scale, shift): (String, Float, Float) = (value, 1, 0)
    while let node = producers[source] {
      switch node.op {
      case is Identity: source = node.inputs[0]
      case let function as ElementwiseFunction:
        switch function.function {
        case .neg: (source, scale) = (node.inputs[0], -scale)
        case .linear(let a, let b): (source, scale, shift) = (node.inputs[0], scale * a, shift + scale * b)
        default: return (source, scale, shift)
        }
      case let arithmetic as Arithmetic where node.inputs.count == 2:
        let (a, b) = (node.inputs[0], node.inputs[1])
        switch (arithmetic.function, number(a), number(b)) {
        case (.add, nil, let n?): (source, shift) = (a, shift + scale * n)
        case (.add, let n?, nil): (source, shift) = (b, shift + scale * n)
        case (.subtract, nil, let n?): (source, shift) = (a, shift - scale * n)
        case (.subtract, let n?, nil): (source, scale, shift) = (b, -scale, shift + scale * n)
        case (.multiply, nil, let n?): (source, scale) = (a, scale * n)
        case (.multiply, let n?, nil): (source, scale) = (b, scale * n)
        case (.divide, nil, let n?) where n != 0: (source, scale) = (a, scale / n)
        default: return (source, scale, shift)
        }
      default: return (source, scale, shift)
      }
    }
    return (source, scale, shift)
  }

  /// What a value is the function of.
  func argument(of value: String, _ function: UnaryFunction) -> String? {
    guard let node = producers[value], (node.op as? ElementwiseFunction)?.function == function else { return nil }
    return node.inputs[0]
  }

  /// The two operands of a value, where it is made so.
  func operands(of value: String, _ function: BinaryFunction) -> (String, String)? {
    guard let node = producers[value], (node.op as? Arithmetic)?.function == function, node.inputs.count == 2 else {
      return nil
    }
    return (node.inputs[0], node.inputs[1])
  }

  /// What a value is the sum, norm or maximum of, its extents of 1 kept, dropped or spread out again.
  func reduced(_ value: String, _ kind: ReductionKind) -> (source: String, axes: [Int])? {
    guard let node = producers[value] else { return nil }
    switch node.op {
    case let reduction as Reduction where reduction.reduction == kind: return (node.inputs[0], reduction.axes)
    case is Identity, is Reshape, is Expand: return reduced(node.inputs[0], kind)
    default: return nil
    }
  }

  /// A value without what only keeps it from zero: a tiny number added, a lower bound, a choice where it is zero.
  func unguarded(_ value: String) -> String {
    guard let node = producers[value] else { return value }
    func isTiny(_ constant: String) -> Bool { range(of: constant).map { (0...1e-3).contains($0.upperBound) } ?? false }
    switch node.op {
    case is Identity, is Expand: return unguarded(node.inputs[0])
    case let function as ElementwiseFunction:
      switch function.function {
      case .clip(let low, let high) where low <= 1e-3 && high >= 0.99: return unguarded(node.inputs[0])
      case .linear(1, let shift) where (0...1e-3).contains(shift): return unguarded(node.inputs[0])
      default: return value
      }
    case let arithmetic as Arithmetic where arithmetic.function == .add || arithmetic.function == .maximum:
      guard let other = node.inputs.first(where: { !isTiny($0) }), node.inputs.contains(where: isTiny) else {
        return value
      }
      return unguarded(other)
    case is Selection where constants.contains(node.inputs[1]): return unguarded(node.inputs[2])
    default: return value
    }
  }

  /// Whether two values are the same, or computed alike from the same.
  func isSame(_ a: String, _ b: String, depth: Int = 6) -> Bool {
    if a == b { return true }
    if let x = scalars(of: a), let y = scalars(of: b) { return x == y }
    guard depth > 0, let x = producers[a], let y = producers[b], x.inputs.count == y.inputs.count else { return false }
    let areAlike: Bool =
      switch (x.op, y.op) {
      case (let x as ElementwiseFunction, let y as ElementwiseFunction): x.function == y.function
      case (let x as Arithmetic, let y as Arithmetic): x.function == y.function
      case (let x as Reduction, let y as Reduction): x.reduction == y.reduction && x.axes == y.axes
      default: false
      }
    return areAlike && zip(x.inputs, y.inputs).allSatisfy { isSame($0, $1, depth: depth - 1) }
  }

  /// A quotient, or a product with a reciprocal.
  func quotient(_ value: String) -> (above: String, below: String)? {
    if let (above, below) = operands(of: value, .divide) { return (above, below) }
    guard let (a, b) = operands(of: value, .multiply) else { return nil }
    if let below = argument(of: b, .reciprocal) ?? argument(of: b, .pow(-1)) { return (a, below) }
    return (argument(of: a, .reciprocal) ?? argument(of: a, .pow(-1))).map { (b, $0) }
  }

  /// `z` where a value is `z`, or `z` less its own maximum, which is subtracted so that nothing overflows.
  ///
  /// It changes no probability but every derivative.
  private func withoutMaximum(_ value: String) -> String {
    guard let (z, greatest) = operands(of: value, .subtract), let maximum = reduced(greatest, .max),
      isSame(maximum.source, z)
    else { return value }
    return z
  }

  /// `exp(z − max z) / Σ exp(z − max z)`, with the maximum or without.
  func spelledSoftmax(_ value: String) -> SpelledSoftmax? {
    guard let (above, below) = quotient(value), let exponent = argument(of: above, .exp),
      let sum = reduced(unguarded(below), .sum), isSame(sum.source, above)
    else { return nil }
    return SpelledSoftmax(logits: withoutMaximum(exponent), axes: sum.axes)
  }

  /// `exp(log softmax z)`.
  func exponentialOfLogSoftmax(_ value: String) -> SpelledSoftmax? {
    guard let logarithm = argument(of: value, .exp) else { return nil }
    return spelledLogSoftmax(logarithm)
  }

  /// A log-softmax, in one operator or as `z − log Σ exp z`.
  func spelledLogSoftmax(_ value: String) -> SpelledSoftmax? {
    guard let node = producers[value] else { return nil }
    switch node.op {
    case is LogSoftmax: return softmax(node)
    case is Identity, is Reshape: return spelledLogSoftmax(node.inputs[0])
    default: break
    }
    guard let (z, normalizer) = operands(of: value, .subtract), let whole = logarithmOfSum(normalizer),
      isSame(whole.logits, z)
    else { return nil }
    return SpelledSoftmax(logits: withoutMaximum(z), axes: whole.axes)
  }

  /// `z` where a value is `log Σ exp z`, perhaps as `max z + log Σ exp(z − max z)`.
  private func logarithmOfSum(_ value: String) -> SpelledSoftmax? {
    if let (z, axes) = reduced(value, .logarithmOfSumOfExponentials) { return SpelledSoftmax(logits: z, axes: axes) }
    if let node = producers[value], node.op is Identity || node.op is Reshape || node.op is Expand {
      return logarithmOfSum(node.inputs[0])
    }
    if let inside = argument(of: value, .log), let sum = reduced(unguarded(inside), .sum),
      let z = argument(of: sum.source, .exp)
    {
      return SpelledSoftmax(logits: z, axes: sum.axes)
    }
    guard let (a, b) = operands(of: value, .add) else { return nil }
    for (greatest, rest) in [(a, b), (b, a)] {
      if let maximum = reduced(greatest, .max), let inner = logarithmOfSum(rest),
        isSame(withoutMaximum(inner.logits), maximum.source)
      {
        return SpelledSoftmax(logits: maximum.source, axes: inner.axes)
      }
    }
    return nil
  }

  /// The logits behind logarithms of a softmax or sigmoid to another base, `log₂ p`, which are times a number.
  func scaledLogarithm(_ value: String, _ passed: [String]) -> Found? {
    let (source, scale, _) = affine(value)
    guard source != value, scale != 0, isLogarithm(source) else { return nil }
    var found = reading(of: source)
    found.steppedOver = passed + found.steppedOver
    found.isNegativeLogarithm = scale < 0
    return found
  }

  /// The logits behind `1 − p`, where `p` is a softmax: the greatest is the least probable.
  func complement(of value: String, _ passed: [String]) -> Found? {
    let (source, scale, shift) = affine(value)
    guard abs(scale + 1) < 1e-6, abs(shift - 1) < 1e-6, isSoftmax(source) else { return nil }
    var found = reading(of: source)
    found.steppedOver = passed + found.steppedOver
    found.isComplement = true
    return found
  }

  /// The logit behind a value that is a sigmoid, or one minus a sigmoid: `factor` times a value; moved at most.
  ///
  /// Known are `1 / (1 + exp(−z))`, `exp z / (1 + exp z)` and `(1 + tanh(z/2)) / 2`, in whatever spelling.
  func sigmoidInput(of value: String) -> (name: String, factor: Float)? {
    let (source, scale, shift) = affine(value)
    if let logit = argument(of: source, .tanh), abs(abs(scale) - 0.5) < 1e-6, abs(shift - 0.5) < 1e-6 {
      return named(logit, times: 4 * scale)
    }
    guard abs(abs(scale) - 1) < 1e-6, abs(shift - (scale < 0 ? 1 : 0)) < 1e-6 else { return nil }
    if let logit = argument(of: source, .sigmoid) { return (logit, scale < 0 ? -1 : 1) }
    if let below = argument(of: source, .reciprocal) {
      return exponentialPlusOne(below).map { named($0, times: -scale) }
    }
    guard let (above, below) = operands(of: source, .divide), let exponent = exponentialPlusOne(below) else {
      return nil
    }
    if number(above) == 1 { return named(exponent, times: -scale) }
    guard let z = argument(of: above, .exp), isSame(z, exponent) else { return nil }
    return named(z, times: scale)
  }

  /// `x` where a value is `1 + exp x`.
  private func exponentialPlusOne(_ value: String) -> String? {
    let (source, scale, shift) = affine(value)
    guard scale == 1, shift == 1 else { return nil }
    return argument(of: source, .exp)
  }

  /// A value times a number; where it has its sign turned already, what it is turned from.
  private func named(_ value: String, times factor: Float) -> (name: String, factor: Float) {
    let (source, scale, shift) = affine(value)
    let whole = factor * scale
    // A temperature or a bias belongs to the logit.
    return shift == 0 && whole == 1 ? (source, 1) : argument(of: value, .neg).map { ($0, -factor) } ?? (value, factor)
  }

  /// Whether a value is divided by its Euclidean norm along some axis.
  func isUnitLength(_ value: String) -> Bool {
    guard let node = producers[value] else { return false }
    if node.op is Identity || node.op is Reshape || node.op is Transpose { return isUnitLength(node.inputs[0]) }
    if let (above, below) = quotient(value) { return norm(below).map { isSame($0, above) } ?? false }
    // x · (Σ x²)^−½
    guard let (a, b) = operands(of: value, .multiply) else { return false }
    return [(a, b), (b, a)].contains { x, root in
      power(root, -0.5).flatMap(sumOfSquares).map { isSame($0, x) } ?? false
    }
  }

  /// `x` where a value is its Euclidean norm.
  private func norm(_ value: String) -> String? {
    let bare = unguarded(value)
    if let (x, _) = reduced(bare, .l2) { return x }
    if let node = producers[bare], node.op is Reshape { return norm(node.inputs[0]) }
    return (argument(of: bare, .sqrt) ?? power(bare, 0.5)).flatMap(sumOfSquares)
  }

  private func sumOfSquares(_ value: String) -> String? {
    let bare = unguarded(value)
    if let (x, _) = reduced(bare, .sumOfSquares) { return x }
    guard let (square, _) = reduced(bare, .sum) else { return nil }
    if let (a, b) = operands(of: square, .multiply), isSame(a, b) { return a }
    return power(square, 2).map { absolute in argument(of: absolute, .abs) ?? absolute }
  }

  /// The base of a power with this exponent.
  private func power(_ value: String, _ exponent: Float) -> String? {
    if let base = argument(of: value, .pow(exponent)) { return base }
    guard let (base, power) = operands(of: value, .power), number(power) == exponent else { return nil }
    return base
  }
}

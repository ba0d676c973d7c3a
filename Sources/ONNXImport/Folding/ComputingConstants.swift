import GraphEngine
import Kernels

/// Operators that compute numbers from numbers.
extension ConstantFolding {
  /// Folds two or more inputs, in integers where all are.
  static func arithmetic(
    _ call: OperatorCall, integers: (Int, Int) -> Int, reals: (Float, Float) -> Float
  ) throws(ONNXError) -> [Constant] {
    var inputs = call.inputs.compactMap { $0?.constant }[...]
    guard var result = inputs.popFirst() else { throw call.malformed("it has no input") }
    for input in inputs {
      let (a, b) = try broadcast(result, input, for: call)
      if let m = a.integers, let n = b.integers {
        result = Constant(integers: zip(m, n).map { a.type.wrapped(integers($0, $1)) }, shape: a.shape, type: a.type)
      } else {
        result = Constant(reals: zip(a.reals, b.reals).map(reals), shape: a.shape)
      }
    }
    return [result]
  }

  static func comparison(
    _ call: OperatorCall, integers: (Int, Int) -> Bool, reals: (Float, Float) -> Bool
  ) throws(ONNXError) -> [Constant] {
    guard let x = try call.input(0).constant, let y = try call.input(1).constant else { return [] }
    let (a, b) = try broadcast(x, y, for: call)
    let truths: [Bool] =
      if let m = a.integers, let n = b.integers { zip(m, n).map(integers) } else { zip(a.reals, b.reals).map(reals) }
    return [Constant(integers: truths.map { $0 ? 1 : 0 }, shape: a.shape, type: .bool)]
  }

  static func unary(
    _ call: OperatorCall, integers: (Int) -> Int, reals: (Float) -> Float
  ) throws(ONNXError) -> [Constant] {
    guard let x = try call.input(0).constant else { return [] }
    if let numbers = x.integers {
      return [Constant(integers: numbers.map { x.type.wrapped(integers($0)) }, shape: x.shape, type: x.type)]
    }
    return [Constant(reals: x.reals.map(reals), shape: x.shape)]
  }

  /// ONNX leaves division by zero open; zero keeps going.
  static func quotient(_ a: Int, _ b: Int) -> Int { b == 0 ? 0 : a.dividedReportingOverflow(by: b).partialValue }

  /// Takes the divisor's sign as Python does, or the dividend's where the file says `fmod`.
  static func modulo(_ call: OperatorCall) throws(ONNXError) -> [Constant] {
    let keepsDividendSign = try call.attributes.flag("fmod")
    return try arithmetic(call) { a, b in
      if b == 0 || b == -1 { return 0 }
      let rest = a % b
      return keepsDividendSign || rest == 0 || (rest < 0) == (b < 0) ? rest : rest + b
    } reals: { a, b in
      let rest = a.truncatingRemainder(dividingBy: b)
      return keepsDividendSign || rest == 0 || (rest < 0) == (b < 0) ? rest : rest + b
    }
  }

  static func selection(_ call: OperatorCall) throws(ONNXError) -> [Constant] {
    guard let condition = try call.input(0).constant, let x = try call.input(1).constant,
      let y = try call.input(2).constant
    else { return [] }
    let (a, b) = try broadcast(x, y, for: call)
    let (choice, p) = try broadcast(condition, a, for: call)
    let q = b.broadcast(to: p.shape)
    let picks = choice.reals.map { $0 != 0 }
    if let m = p.integers, let n = q.integers {
      return [Constant(integers: picks.indices.map { picks[$0] ? m[$0] : n[$0] }, shape: p.shape, type: x.type)]
    }
    let (m, n) = (p.reals, q.reals)
    return [Constant(reals: picks.indices.map { picks[$0] ? m[$0] : n[$0] }, shape: p.shape)]
  }

  static func reduction(
    _ call: OperatorCall, integers: (Int, Int) -> Int, reals: (Float, Float) -> Float
  ) throws(ONNXError) -> [Constant] {
    guard let x = try call.input(0).constant else { return [] }
    let axes = try call.reducedAxes(rank: x.shape.count)
    let kept = x.shape.indices.filter { !axes.contains($0) }
    let strides = rowMajorStrides(of: x.shape)
    let outer = places(over: kept.map { x.shape[$0] }, strides: kept.map { strides[$0] })
    let inner = places(over: axes.map { x.shape[$0] }, strides: axes.map { strides[$0] })
    let keepsDimensions = try call.attributes.flag("keepdims", default: true)
    let shape = keepsDimensions ? x.shape.indices.map { axes.contains($0) ? 1 : x.shape[$0] } : kept.map { x.shape[$0] }
    func folded<T>(_ values: [T], _ combine: (T, T) -> T) -> [T] {
      outer.map { start in inner.dropFirst().reduce(values[start + inner[0]]) { combine($0, values[start + $1]) } }
    }
    if let numbers = x.integers {
      let folded = folded(numbers) { x.type.wrapped(integers($0, $1)) }
      return [Constant(integers: folded, shape: shape, type: x.type)]
    }
    return [Constant(reals: folded(x.reals, reals), shape: shape)]
  }

  /// A reduction of a tensor without elements.
  static func emptyReduction(_ call: OperatorCall, _ identity: Float) throws(ONNXError) -> [Constant] {
    let x = try call.input(0)
    guard x.type.isReal || identity.isFinite else { throw call.unsupported("it reduces nothing at all") }
    let axes = try call.reducedAxes(rank: x.shape.count)
    let keepsDimensions = try call.attributes.flag("keepdims", default: true)
    let shape = x.shape.indices.compactMap { axes.contains($0) ? (keepsDimensions ? 1 : nil) : x.shape[$0] }
    let count = try affordableCount(of: shape, for: call)
    if x.type.isReal { return [Constant(reals: [Float](repeating: identity, count: count), shape: shape)] }
    return [Constant(integers: [Int](repeating: Int(identity), count: count), shape: shape, type: x.type)]
  }

  static func cast(_ call: OperatorCall) throws(ONNXError) -> [Constant] {
    guard let x = try call.input(0).constant else { return [] }
    let number = Int32(clamping: try call.attributes.integer("to") ?? 0)
    guard let type = ElementType(rawValue: number) else {
      throw call.unsupported("it turns constants into \(ElementType.name(of: number))")
    }
    return [try converted(x, to: type, for: call)]
  }

  /// Numbers cut off towards zero where reals become integers; 16-bit reals are kept in 32 bits.
  static func converted(
    _ x: Constant, to type: ElementType, for call: OperatorCall
  ) throws(ONNXError) -> Constant {
    if type.isNarrowReal, x.type != type { throw call.unsupported("it turns constants into \(type)") }
    switch (type, x.integers) {
    case (_, let numbers?) where type.isReal:
      return Constant(reals: numbers.map { Float($0) }, shape: x.shape, type: type)
    case (_, nil) where type.isReal: return x
    case (.bool, _):
      return Constant(integers: x.reals.map { $0 == 0 ? 0 : 1 }, shape: x.shape, type: .bool)
    case (_, let numbers?):
      return Constant(integers: numbers.map(type.wrapped), shape: x.shape, type: type)
    case (_, nil):
      let cut = x.reals.map { $0.isNaN ? 0 : type.wrapped(Int(max(-0x1p62, min(0x1p62, $0)))) }
      return Constant(integers: cut, shape: x.shape, type: type)
    }
  }

  private static func broadcast(
    _ a: Constant, _ b: Constant, for call: OperatorCall
  ) throws(ONNXError) -> (Constant, Constant) {
    guard let shape = broadcastShape(a.shape, b.shape) else {
      throw call.malformed("\(spelled(a.shape)) and \(spelled(b.shape)) do not broadcast")
    }
    _ = try affordableCount(of: shape, for: call)
    return (a.broadcast(to: shape), b.broadcast(to: shape))
  }
}

import GraphEngine
import Kernels

/// Products with whole-numbered weights, in which whole numbers never come to the surface.
extension OperatorTable {
  /// `DynamicQuantizeMatMul`: the input is quantised by its own range, the result is real.
  static func dynamicProduct(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let quantized = try dynamicQuantization(call.with(inputs: [try call.input(0)]), &graph)
    return try graph.realProduct(
      quantized[0], zero: quantized[2], scale: quantized[1], try call.input(1), zero: call.optionalInput(3),
      scale: try call.input(2), bias: call.optionalInput(4), for: call)
  }

  /// `MatMulIntegerToFloat`: whole numbers in, reals out.
  static func integerToRealProduct(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    try graph.realProduct(
      try call.input(0), zero: call.optionalInput(4), scale: try call.input(2), try call.input(1),
      zero: call.optionalInput(5), scale: try call.input(3), bias: call.optionalInput(6), for: call)
  }
}

extension Lowering {
  /// `s·t·(A − z)(B − w) + c`: scales and zero points of one number each, or of one for each column of `B`.
  mutating func realProduct(
    _ a: Value, zero aZero: Value?, scale aScale: Value, _ b: Value, zero bZero: Value?, scale bScale: Value,
    bias: Value?, for call: OperatorCall
  ) throws(ONNXError) -> Value {
    let left = try centered(a, zero: try aZero.map { zero throws(ONNXError) in try single(zero, for: call) }, for: call)
    let right = try centered(b, zero: bZero, for: call)
    let sums = try add(MatrixProduct(), [left, right], for: call, as: .float32)
    let columns = bScale.shape.reduce(1, *) == 1 ? try reshaped(bScale, to: [], for: call) : bScale
    let factor = try add(Arithmetic(.multiply), [try single(aScale, for: call), columns], for: call, as: .float32)
    let product = try add(Arithmetic(.multiply), [sums, factor], for: call)
    return try bias.map { bias throws(ONNXError) in try add(Arithmetic(.add), [product, bias], for: call) } ?? product
  }

  private mutating func single(_ number: Value, for call: OperatorCall) throws(ONNXError) -> Value {
    guard number.shape.reduce(1, *) == 1 else { throw call.unsupported("each column of its input has its own scale") }
    return try reshaped(number, to: [], for: call)
  }
}

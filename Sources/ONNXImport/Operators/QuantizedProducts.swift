import GraphEngine
import Kernels

/// Convolutions and matrix products of whole numbers.
extension OperatorTable {
  /// `ConvInteger`: a convolution of whole numbers less their zero points.
  static func integerConvolution(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try graph.centered(try call.input(0), zero: call.optionalInput(2), for: call)
    let weights = try graph.centeredRows(try call.input(1), zero: call.optionalInput(3), for: call)
    return try convolved(x, weights, bias: nil, call, &graph, as: .int32)
  }

  /// `QLinearConv`: the same, brought to the scale and zero point of the result.
  static func quantizedConvolution(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try graph.centered(try call.input(0), zero: call.optionalInput(2), for: call)
    let weights = try graph.centeredRows(try call.input(3), zero: call.optionalInput(5), for: call)
    let bias = try call.optionalInput(8).map { bias throws(ONNXError) in
      try graph.centered(bias, zero: nil, for: call)
    }
    let sums = try convolved(x, weights, bias: bias, call, &graph, as: .float32)
    let factor = try graph.factor(1, 4, 6, for: call)
    let column = factor.shape.reduce(1, *) == 1 ? [] : [factor.shape[0]] + x.shape.dropFirst(2).map { _ in 1 }
    let placed = try graph.reshaped(factor, to: column, for: call)
    return try graph.requantized(sums, by: placed, zero: try call.input(7), for: call)
  }

  /// `MatMulInteger`: a matrix product of whole numbers less their zero points.
  static func integerMatrixProduct(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    try graph.integerProduct(0, zero: 2, 1, zero: 3, as: .int32, for: call)
  }

  static func quantizedMatrixProduct(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let sums = try graph.integerProduct(0, zero: 2, 3, zero: 5, as: .float32, for: call)
    return try graph.requantized(sums, by: try graph.factor(1, 4, 6, for: call), zero: try call.input(7), for: call)
  }
}

extension Lowering {
  fileprivate mutating func integerProduct(
    _ a: Int, zero aZero: Int, _ b: Int, zero bZero: Int, as type: ElementType, for call: OperatorCall
  ) throws(ONNXError) -> Value {
    var (left, right) = (try call.input(a), try call.input(b))
    // A zero point per row of the left matrix is a column.
    var leftZero = call.optionalInput(aZero)
    if let zero = leftZero, zero.shape.count == 1, zero.shape[0] > 1 {
      leftZero = try add(Reshape(to: zero.shape + [1]), [zero], for: call)
    }
    left = try centered(left, zero: leftZero, for: call)
    right = try centered(right, zero: call.optionalInput(bZero), for: call)
    return try add(MatrixProduct(), [left, right], for: call, as: type)
  }

  /// Weights less their zero points, of which there may be one per output channel.
  fileprivate mutating func centeredRows(
    _ weights: Value, zero: Value?, for call: OperatorCall
  ) throws(ONNXError) -> Value {
    guard let zero, zero.shape.reduce(1, *) > 1, weights.shape.count > 1 else {
      return try centered(weights, zero: zero, for: call)
    }
    let column = try add(Reshape(to: [zero.shape[0]] + weights.shape.dropFirst().map { _ in 1 }), [zero], for: call)
    return try centered(weights, zero: column, for: call)
  }

  /// The product of two scales by the result's.
  fileprivate mutating func factor(
    _ a: Int, _ b: Int, _ result: Int, for call: OperatorCall
  ) throws(ONNXError) -> Value {
    let product = try add(Arithmetic(.multiply), [try call.input(a), try call.input(b)], for: call)
    return try add(Arithmetic(.divide), [product, try call.input(result)], for: call)
  }

  fileprivate mutating func requantized(
    _ sums: Value, by factor: Value, zero: Value, for call: OperatorCall
  ) throws(ONNXError) -> Value {
    let scalar = factor.shape.reduce(1, *) == 1 ? try reshaped(factor, to: [], for: call) : factor
    let scaled = try add(Arithmetic(.multiply), [sums, scalar], for: call)
    return try quantized(scaled, scale: .scalar(1), zero: zero, zero.type, for: call)
  }
}

import GraphEngine
import Kernels

extension OperatorTable {
  /// `BatchNormalization` as a trained network runs it; the updated statistics are not computed.
  static func batchNormalization(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    if try call.attributes.flag("training_mode") { return try standardizedWeights(call, &graph) }
    // Until opset 8 statistics could be kept per position.
    if call.opset < 9, try !call.attributes.flag("spatial", default: true) {
      throw call.unsupported("it normalises each position by its own statistics")
    }
    var values = [try call.input(0)]
    for (index, role) in ["its scale", "its shift", "its mean", "its variance"].enumerated() {
      guard try call.constant(index + 1, role) != nil else { throw call.malformed("\(role) is missing") }
      values.append(try call.input(index + 1))
    }
    let epsilon = try call.attributes.real("epsilon") ?? 1e-5
    return try graph.add(BatchNormalization(epsilon: epsilon), values, for: call)
  }

  /// `LayerNormalization`; where asked for, with the mean and the inverse of the deviation.
  static func layerNormalization(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> [Value] {
    let x = try call.input(0)
    let axis = try call.axis(try call.attributes.integer("axis") ?? -1, rank: x.shape.count)
    let normalized = Array(x.shape[axis...])
    let op = LayerNormalization(axis: axis, epsilon: try call.attributes.real("epsilon") ?? 1e-5)
    let factors = [try call.input(1)] + (call.optionalInput(2).map { [$0] } ?? [])
    for factor in factors where broadcastShape(factor.shape, normalized) != normalized {
      throw call.malformed("its scale or shift of \(spelled(factor.shape)) does not fit \(spelled(normalized))")
    }
    _ = try ConstantFolding.affordableCount(of: normalized, for: call)
    var result: Value
    if factors.allSatisfy({ $0.constant != nil }) {
      result = try graph.add(op, [x] + factors.map { $0.widened(to: normalized) }, for: call)
    } else {
      result = try graph.add(op, [x, Value.scalar(1).widened(to: normalized)], for: call)
      result = try graph.add(Arithmetic(.multiply), [result, factors[0]], for: call)
      if factors.count > 1 { result = try graph.add(Arithmetic(.add), [result, factors[1]], for: call) }
    }
    if !call.hasOutput(1), !call.hasOutput(2) { return [result] }
    return [result] + (try graph.statistics(of: x, axis: axis, epsilon: op.epsilon, for: call))
  }

  /// `LRN`, across channels.
  static func localResponseNormalization(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    guard let size = try call.attributes.integer("size"), (1...(1 << 20)).contains(size) else {
      throw call.malformed("it must have a size of at least 1")
    }
    let op = LocalResponseNormalization(
      size: size, alpha: try call.attributes.real("alpha") ?? 1e-4, beta: try call.attributes.real("beta") ?? 0.75,
      bias: try call.attributes.real("bias") ?? 1)
    return try graph.add(op, [try call.input(0)], for: call)
  }
}

extension Value {
  /// A constant repeated to a shape it broadcasts to; the weights' own memory where it has that shape.
  fileprivate func widened(to shape: [Int]) -> Value {
    guard let constant, constant.shape != shape else { return self }
    return .constant(constant.broadcast(to: shape), name: "")
  }
}

extension Lowering {
  /// The mean over the axes from `axis` on, and one by the deviation.
  fileprivate mutating func statistics(
    of x: Value, axis: Int, epsilon: Float, for call: OperatorCall
  ) throws(ONNXError) -> [Value] {
    let average = Reduction(.mean, axes: Array(axis..<x.shape.count), keepsDimensions: true)
    let mean = try add(average, [x], for: call)
    let centered = try add(Arithmetic(.subtract), [x, mean], for: call)
    let square = try add(Arithmetic(.multiply), [centered, centered], for: call)
    let variance = try add(average, [square], for: call)
    let shifted = try add(Arithmetic(.add), [variance, .scalar(epsilon)], for: call)
    return [mean, try add(ElementwiseFunction(.pow(-0.5)), [shifted], for: call)]
  }
}

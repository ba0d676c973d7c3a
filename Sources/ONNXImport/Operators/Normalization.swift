import GraphEngine
import Kernels

extension OperatorTable {
  /// `BatchNormalization` as a trained network runs it; the updated statistics are not computed.
  static func batchNormalization(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    if try call.attributes.flag("training_mode") {
      throw call.unsupported("it is in training mode; export the network after calling eval()")
    }
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

  /// `LayerNormalization`; the mean and deviation, its further outputs, are not computed.
  static func layerNormalization(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    let axis = try call.axis(try call.attributes.integer("axis") ?? -1, rank: x.shape.count)
    let normalised = Array(x.shape[axis...])
    var values = [x]
    for (index, role) in ["its scale", "its shift"].enumerated() {
      guard let constant = try call.constant(index + 1, role) else { continue }
      guard broadcastShape(constant.shape, normalised) == normalised else {
        throw call.malformed("\(role) of \(spelled(constant.shape)) does not fit \(spelled(normalised))")
      }
      let isWhole = constant.shape == normalised
      values.append(isWhole ? try call.input(index + 1) : .constant(constant.broadcast(to: normalised), name: ""))
    }
    guard call.optionalInput(1) != nil else { throw call.malformed("its scale is missing") }
    let epsilon = try call.attributes.real("epsilon") ?? 1e-5
    return try graph.add(LayerNormalization(axis: axis, epsilon: epsilon), values, for: call)
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

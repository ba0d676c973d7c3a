import GraphEngine

/// The operators that only give the same scalars another shape.
extension OperatorTable {
  static func reshape(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    return try graph.add(Reshape(to: try call.reshapeTarget(from: x.shape)), [x], for: call)
  }

  static func flatten(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    return try graph.add(Reshape(to: try call.flattened(x.shape)), [x], for: call)
  }

  static func squeeze(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    return try graph.add(Reshape(to: try call.squeezed(x.shape)), [x], for: call)
  }

  static func unsqueeze(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    return try graph.add(Reshape(to: try call.unsqueezed(x.shape)), [x], for: call)
  }
}

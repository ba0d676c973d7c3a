import GraphEngine

extension OperatorTable {
  static func softmax(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    try normalized(call, &graph) { Softmax(axis: $0) }
  }

  static func logSoftmax(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    try normalized(call, &graph) { LogSoftmax(axis: $0) }
  }

  static func hardmax(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    try normalized(call, &graph) { Hardmax(axis: $0) }
  }

  /// Until opset 12 a softmax sees a matrix: all axes from `axis` on are one.
  private static func normalized(
    _ call: OperatorCall, _ graph: inout Lowering, _ op: (Int) -> any Operator
  ) throws(ONNXError) -> Value {
    let x = try call.input(0)
    let isMatrix = call.opset < 13
    let axis = try call.axis(try call.attributes.integer("axis") ?? (isMatrix ? 1 : -1), rank: x.shape.count)
    let inner = x.shape[(axis + 1)...].reduce(1, *)
    if !isMatrix || inner == 1 { return try graph.add(op(axis), [x], for: call) }
    let rows = x.shape[..<axis].reduce(1, *)
    let matrix = try graph.add(Reshape(to: [rows, x.shape[axis] * inner]), [x], for: call)
    return try graph.add(Reshape(to: x.shape), [try graph.add(op(1), [matrix], for: call)], for: call)
  }
}

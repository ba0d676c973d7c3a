import GraphEngine

extension OperatorTable {
  /// `Gemm`: `α·A·B + β·C`; `C` may be left out since opset 11.
  static func generalMatrixProduct(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    try generalMatrixProduct(call, &graph, named: nil)
  }

  /// The product as a step called `stem`, or like the node's result where there is none.
  static func generalMatrixProduct(
    _ call: OperatorCall, _ graph: inout Lowering, named stem: String?
  ) throws(ONNXError) -> Value {
    let op = Linear(
      alpha: try call.attributes.real("alpha") ?? 1, beta: try call.attributes.real("beta") ?? 1,
      transposesInput: try call.attributes.flag("transA"), transposesWeights: try call.attributes.flag("transB"))
    var values = [try call.input(0), try call.input(1)]
    if let c = call.optionalInput(2) { values.append(repeated(c, over: op, values)) }
    return try graph.add(op, values, for: call, named: stem)
  }

  /// A bias of one number, repeated for each output: the engine's layer wants it whole.
  private static func repeated(_ bias: Value, over op: Linear, _ factors: [Value]) -> Value {
    guard let constant = bias.constant, constant.shape == [1],
      let columns = try? op.outputShape(of: factors.map(\.shape))[1], columns != 1, columns <= 1 << 24
    else { return bias }
    return .constant(constant.broadcast(to: [columns]), name: "")
  }

  static func matrixProduct(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    try graph.add(MatrixProduct(), [try call.input(0), try call.input(1)], for: call)
  }
}

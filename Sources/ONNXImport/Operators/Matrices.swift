import GraphEngine

extension OperatorTable {
  /// `Gemm`: `α·A·B + β·C`; `C` may be left out since opset 11.
  static func generalMatrixProduct(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let op = Linear(
      alpha: try call.attributes.real("alpha") ?? 1, beta: try call.attributes.real("beta") ?? 1,
      transposesInput: try call.attributes.flag("transA"), transposesWeights: try call.attributes.flag("transB"))
    var values = [try call.input(0), try call.input(1)]
    if let c = call.optionalInput(2) { values.append(c) }
    return try graph.add(op, values, for: call)
  }

  static func matrixProduct(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    try graph.add(MatrixProduct(), [try call.input(0), try call.input(1)], for: call)
  }
}

import GraphEngine
import Kernels

extension OperatorTable {
  /// A function of two arrays, folded over the inputs where there are more.
  static func arithmetic(_ function: BinaryFunction) -> Lower {
    { (call, graph) throws(ONNXError) in
      // Broadcasting by attribute ended with opset 6; files that mix both mean something else.
      if call.attributes["broadcast"] != nil || call.attributes["axis"] != nil {
        throw call.unsupported("it broadcasts as in opset 6; export it with opset_version=18")
      }
      if function == .power, let exponent = call.optionalInput(1)?.constant, exponent.count == 1,
        exponent.shape.count <= call.inputs[0]?.shape.count ?? 0
      {
        let op = ElementwiseFunction(.pow(exponent.reals[0]))
        return try graph.add(op, [try call.input(0)], for: call)
      }
      var result = try call.input(0)
      for index in call.inputs.indices.dropFirst() {
        result = try graph.add(Arithmetic(function), [result, try call.input(index)], for: call)
      }
      return result
    }
  }

  /// `Mod`: with the divisor's sign as in Python, or the dividend's where the file says `fmod`.
  static func remainder(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let op = DivisionRemainder(keepsDividendSign: try call.attributes.flag("fmod"))
    return try graph.add(op, [try call.input(0), try call.input(1)], for: call)
  }

  /// `Mean` of any number of inputs.
  static func mean(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let sum = try arithmetic(.add)(call, &graph)
    let share = Value.constant(Constant(reals: [1 / Float(call.inputs.count)], shape: []), name: "")
    return call.inputs.count == 1 ? sum : try graph.add(Arithmetic(.multiply), [sum, share], for: call)
  }
}

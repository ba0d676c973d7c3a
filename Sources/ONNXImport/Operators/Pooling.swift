import GraphEngine
import Kernels

extension OperatorTable {
  /// `MaxPool`; its second output, the positions of the maxima, is not computed.
  static func maxPool(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    let op = MaxPool(try geometry(call, over: x.shape), ceilMode: try call.attributes.flag("ceil_mode"))
    return try graph.add(op, [x], for: call)
  }

  /// `AveragePool`: rounding up came with opset 10, dilations with 19.
  static func averagePool(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    var geometry = try geometry(call, over: x.shape)
    geometry.countsPadding = try call.attributes.flag("count_include_pad")
    return try graph.add(AveragePool(geometry, ceilMode: try call.attributes.flag("ceil_mode")), [x], for: call)
  }

  static func globalAveragePool(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    try graph.add(GlobalAveragePool(), [try spatial(call)], for: call)
  }

  static func globalMaxPool(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    try graph.add(GlobalMaxPool(), [try spatial(call)], for: call)
  }

  private static func spatial(_ call: OperatorCall) throws(ONNXError) -> Value {
    let x = try call.input(0)
    guard x.shape.count >= 3 else { throw call.malformed("\(spelled(x.shape)) has no spatial axes to pool") }
    return x
  }

  private static func geometry(_ call: OperatorCall, over shape: [Int]) throws(ONNXError) -> PoolingGeometry {
    let windows = try call.windows(over: shape)
    // A window wholly in the padding would be the maximum, or the mean, of nothing.
    for axis in windows.kernel.indices where max(windows.before[axis], windows.after[axis]) >= windows.reach(axis) {
      throw call.malformed("its padding is as wide as its window")
    }
    return PoolingGeometry(
      kernel: windows.kernel, strides: windows.strides, dilations: windows.dilations, paddingBefore: windows.before,
      paddingAfter: windows.after)
  }
}

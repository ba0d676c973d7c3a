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

  static func normPool(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    let geometry = try geometry(call, over: x.shape)
    let ceilMode = try call.attributes.flag("ceil_mode")
    return try graph.add(LpPool(p: try power(call), geometry, ceilMode: ceilMode), [x], for: call)
  }

  static func globalNormPool(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try spatial(call)
    let extents = Array(x.shape.dropFirst(2))
    guard extents.count <= 3 else { throw call.unsupported("it has more than three spatial axes") }
    let (ones, zeros) = (extents.map { _ in 1 }, extents.map { _ in 0 })
    let whole = PoolingGeometry(
      kernel: extents, strides: ones, dilations: ones, paddingBefore: zeros, paddingAfter: zeros)
    return try graph.add(LpPool(p: try power(call), whole, ceilMode: false), [x], for: call)
  }

  private static func power(_ call: OperatorCall) throws(ONNXError) -> Float {
    let p = try call.attributes.integer("p") ?? 2
    guard (1...64).contains(p) else { throw call.malformed("its norm is number \(p)") }
    return Float(p)
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

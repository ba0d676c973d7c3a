import GraphEngine
import Kernels

/// The operators that ask which scalars are largest, and running sums.
extension OperatorTable {
  static func argExtremum(isLargest: Bool) -> Lower {
    { (call, graph) throws(ONNXError) in
      let x = try call.input(0)
      let op = ArgExtremum(
        axis: try call.axis(try call.attributes.integer("axis") ?? 0, rank: x.shape.count), isLargest: isLargest,
        keepsDimension: try call.attributes.flag("keepdims", default: true),
        takesLast: try call.attributes.flag("select_last_index"))
      return try graph.add(op, [x], for: call, as: .int64)
    }
  }

  /// `TopK`: its number is an attribute until opset 9.
  static func topK(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> [Value] {
    let x = try call.input(0)
    let stated = try call.attributes.integer("k")
    guard let count = try call.integers(1, "how many it takes")?.first ?? stated, count > 0 else {
      throw call.malformed("it must take one or more")
    }
    let axis = try call.axis(try call.attributes.integer("axis") ?? -1, rank: x.shape.count)
    let isLargest = try call.attributes.flag("largest", default: true)
    let values = try graph.add(TopK(.values, count: count, axis: axis, isLargest: isLargest), [x], for: call)
    guard call.hasOutput(1) else { return [values] }
    let places = TopK(.places, count: count, axis: axis, isLargest: isLargest)
    return [values, try graph.add(places, [x], for: call, as: .int64)]
  }

  static func cumulativeSum(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    guard let axis = try call.integers(1, "its axis"), axis.count == 1 else {
      throw call.malformed("it must have one axis")
    }
    let op = CumulativeSum(
      axis: try call.axis(axis[0], rank: x.shape.count), isExclusive: try call.attributes.flag("exclusive"),
      isReversed: try call.attributes.flag("reverse"))
    return try graph.add(op, [x], for: call)
  }

  /// `OneHot`: each index compared with the numbers along a new axis.
  static func oneHot(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let indices = try call.input(0)
    guard let depth = try call.scalar(1, "the number of classes"), (1...0x1p24).contains(depth),
      let values = try call.constant(2, "its two values"), values.count == 2
    else { throw call.malformed("it must have a number of classes and two values") }
    let stated = try call.attributes.integer("axis") ?? -1
    let axis = try call.axis(stated, rank: indices.shape.count + 1)
    let column = Array(indices.shape[..<axis]) + [1] + Array(indices.shape[axis...])
    let classes = Constant(integers: Array(0..<Int(depth)), shape: [Int(depth)]).reshaped(
      [Int(depth)] + indices.shape[axis...].map { _ in 1 })
    // Negative indices count from the end.
    let placed = try graph.add(Reshape(to: column), [indices], for: call)
    let isNegative = try graph.add(Comparison(.less), [placed, .scalar(0)], for: call, as: .bool)
    let fromEnd = try graph.add(Arithmetic(.add), [placed, .scalar(Float(Int(depth)))], for: call)
    let resolved = try graph.add(Selection(), [isNegative, fromEnd, placed], for: call, as: placed.type)
    let isClass = try graph.add(
      Comparison(.equal), [resolved, .constant(classes, name: "")], for: call, as: .bool)
    let (off, on) = (values.picking([0], shape: []), values.picking([1], shape: []))
    return try graph.add(
      Selection(), [isClass, .constant(on, name: ""), .constant(off, name: "")], for: call, as: values.type)
  }
}

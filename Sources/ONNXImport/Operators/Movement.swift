import GraphEngine
import Kernels

/// The operators that pick, repeat and join scalars.
extension OperatorTable {
  static func transpose(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    return try graph.add(Transpose(permutation: try call.permutation(rank: x.shape.count)), [x], for: call)
  }

  static func concatenation(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    var values: [Value] = []
    for index in call.inputs.indices { values.append(try call.input(index)) }
    let axis = try call.axis(try call.attributes.integer("axis") ?? 1, rank: values[0].shape.count)
    // What holds nothing, as a slice from the end on, adds nothing.
    let filled = values.filter { !$0.shape.indices.contains(axis) || $0.shape[axis] > 0 }
    if !filled.isEmpty { values = filled }
    return values.count == 1 ? values[0] : try graph.add(Concatenation(axis: axis), values, for: call)
  }

  static func slice(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    let bounds = try call.sliceBounds(of: x.shape)
    return try graph.add(Slice(starts: bounds.starts, ends: bounds.ends, steps: bounds.steps), [x], for: call)
  }

  /// `Split`: one slice per part.
  static func split(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> [Value] {
    let x = try call.input(0)
    let axis = try call.axis(try call.attributes.integer("axis") ?? 0, rank: x.shape.count)
    var starts = x.shape.map { _ in 0 }
    var parts: [Value] = []
    for size in try call.splitSizes(of: x.shape[axis]) {
      var ends = x.shape
      ends[axis] = starts[axis] + size
      let op = Slice(starts: starts, ends: ends, steps: x.shape.map { _ in 1 })
      parts.append(try graph.add(op, [x], for: call))
      starts[axis] = ends[axis]
    }
    return parts
  }

  /// `Gather`; a single index drops the axis.
  static func gather(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    let axis = try call.axis(try call.attributes.integer("axis") ?? 0, rank: x.shape.count)
    if let indices = call.computedIndices {
      return try graph.add(IndexedPicking(.positions(axis: axis)), [x, indices], for: call)
    }
    guard let indices = try call.integers(1, "which entries it picks"), let shape = call.optionalInput(1)?.shape else {
      throw call.malformed("it has no indices")
    }
    let picked = try call.indices(indices, into: x.shape[axis])
    if picked.elementsEqual(0..<x.shape[axis]) {
      // Every entry in its place, as `as_strided` is exported after pooling channels-last: a reshape, also to CAM.
      let arranged = Array(x.shape[..<axis]) + shape + Array(x.shape[(axis + 1)...])
      return try graph.add(Reshape(to: arranged), [x], for: call)
    }
    return try graph.add(Gather(indices: picked, indicesShape: shape, axis: axis), [x], for: call)
  }

  static func expand(_ call: OperatorCall, _ graph: inout Lowering) throws(ONNXError) -> Value {
    let x = try call.input(0)
    return try graph.add(Expand(to: try call.expanded(x.shape)), [x], for: call)
  }
}

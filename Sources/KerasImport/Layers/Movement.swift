import GraphEngine
import Kernels

extension Layers {
  /// `Flatten`, in the order of Keras' axes.
  static func flatten(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let input = try call.input()
    // Told that channels come first, Keras moves them back before it flattens.
    let x: Value
    if try call.layer.isChannelsFirst(), input.rank >= 3 {
      let channels = try graph.unmoved(input, for: call)
      let permutation = [0] + (2..<channels.rank) + [1]
      let moved = Transpose(permutation: permutation)
      x = try graph.add(moved, [channels], to: call.inner("channels_last"), for: call)
    } else {
      x = try graph.unmoved(input, for: call)
    }
    let shape = [x.extents[0], x.extents.dropFirst().reduce(1, *)]
    return try graph.add(Reshape(to: shape), [x], to: call.output, for: call)
  }

  static func reshape(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let input = try call.input()
    let target = call.layer.config["target_shape"].list ?? []
    var shape = target.compactMap(\.integer)
    let open = shape.indices.filter { shape[$0] == -1 }
    guard shape.count == target.count, open.count <= 1, shape.allSatisfy({ $0 > 0 || $0 == -1 }),
      let known = elementCount(of: shape.filter { $0 > 0 })
    else { throw call.malformed("its target_shape is no shape") }
    let count = input.extents.dropFirst().reduce(1, *)
    if let open = open.first { shape[open] = known > 0 && count % known == 0 ? count / known : 0 }
    guard elementCount(of: shape) == count else {
      throw call.malformed("\(spelled(Array(input.shape.dropFirst()))) cannot fill \(spelled(shape))")
    }
    let x = try graph.unmoved(input, for: call)
    return try result(Reshape(to: [x.extents[0]] + shape), x, rank: shape.count + 1, call, &graph)
  }

  static func permute(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let x = try graph.unmoved(try call.input(), for: call)
    let order = try call.layer.integers("dims", count: x.rank - 1, in: 1...64)
    return try result(Transpose(permutation: [0] + order), x, rank: x.rank, call, &graph)
  }

  /// A step whose result is in Keras' order, brought to that of images under the layer's name.
  static func result(
    _ op: any Operator, _ x: Value, rank: Int, _ call: LayerCall, _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    guard graph.moves(rank: rank) else { return try graph.add(op, [x], to: call.output, for: call) }
    return try graph.finish(try graph.add(op, [x], to: call.inner("channels_last"), for: call), for: call)
  }
}

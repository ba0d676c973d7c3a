import GraphEngine
import Kernels

/// Functions that move scalars and change none.
extension Layers {
  static func unchangedTensor(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let input = try call.functionInput()
    let result = try graph.add(Identity(), [input], to: call.output, for: call)
    graph.passImage(from: input, to: result)
    return result
  }

  static func concatenateTensors(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    guard let first = call.inputs.first, call.inputs.allSatisfy({ $0.rank == first.rank }) else {
      throw call.malformed("its inputs differ in their numbers of axes")
    }
    let axis = try call.layer.axis(call.axisSetting(default: -1), rank: first.rank)
    return try concatenated(call.inputs, axis: axis, call, &graph)
  }

  /// `stack`: joined along a new axis.
  static func stack(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    guard let first = call.inputs.first, call.inputs.allSatisfy({ $0.shape == first.shape }) else {
      throw call.malformed("its inputs differ")
    }
    let axis = try call.layer.axis(call.axisSetting(default: 0), rank: first.rank + 1)
    var parts: [Value] = []
    for (index, input) in call.inputs.enumerated() {
      let x = try graph.unmoved(input, for: call)
      let shape = x.extents[..<axis] + [1] + x.extents[axis...]
      parts.append(try graph.add(Reshape(to: Array(shape)), [x], to: call.inner("\(index)"), for: call))
    }
    let isMoved = graph.moves(rank: first.rank + 1)
    let name = isMoved ? call.inner("channels_last") : call.output
    var result = try graph.add(Concatenation(axis: axis), parts, to: name, for: call)
    if isMoved { result = try graph.finish(result, for: call) }
    graph.passImage(from: call.inputs, to: result)
    return result
  }

  static func expandDimensions(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let x = try graph.unmoved(try call.functionInput(), for: call)
    let axis = try call.layer.axis(call.axisSetting(default: -1), rank: x.rank + 1)
    let shape = Array(x.extents[..<axis] + [1] + x.extents[axis...])
    return try result(Reshape(to: shape), x, rank: shape.count, call, &graph)
  }

  static func squeeze(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let x = try graph.unmoved(try call.functionInput(), for: call)
    let setting = call.setting("axis", "squeeze_dims")
    let named = setting.isNull || setting.list == [] ? nil : try call.axes(setting, rank: x.rank)
    let axes = named ?? (1..<x.rank).filter { x.extents[$0] == 1 }
    guard axes.allSatisfy({ x.extents[$0] == 1 }) else {
      throw call.malformed("it cannot drop axes \(axes) of \(spelled(x.extents))")
    }
    let shape = x.extents.indices.filter { !axes.contains($0) }.map { x.extents[$0] }
    return try result(Reshape(to: shape), x, rank: shape.count, call, &graph)
  }

  /// `reshape`, whose new shape begins with the images.
  static func reshapeTensor(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let x = try graph.unmoved(try call.functionInput(), for: call)
    let given = call.invocation.arguments.dropFirst().compactMap(\.json).first ?? .null
    let setting = call.setting("newshape", "shape")
    let target = (setting.isNull ? given : setting).list ?? []
    var shape = target.map { $0.isNull ? -1 : $0.integer ?? -2 }
    guard let images = shape.first, shape.allSatisfy({ $0 > 0 || $0 == -1 }) else {
      throw call.unsupported("its new shape depends on the image")
    }
    // The images come first, however many the file says they are.
    if images == -1 || shape.dropFirst().contains(-1) { shape[0] = x.extents[0] }
    let open = shape.indices.filter { shape[$0] == -1 }
    guard open.count <= 1, let known = elementCount(of: shape.filter { $0 > 0 }), known > 0 else {
      throw call.malformed("its new shape leaves too much open")
    }
    let count = x.extents.reduce(1, *)
    if let axis = open.first { shape[axis] = count % known == 0 ? count / known : 0 }
    guard elementCount(of: shape) == count else {
      throw call.malformed("\(spelled(x.extents)) cannot fill \(spelled(shape))")
    }
    return try result(Reshape(to: shape), x, rank: shape.count, call, &graph)
  }

  static func transposeTensor(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let x = try graph.unmoved(try call.functionInput(), for: call)
    let order = (call.setting("axes", "perm").list ?? []).compactMap(\.integer)
    guard order.first == 0, order.sorted() == Array(0..<x.rank) else {
      throw call.unsupported("it moves the images to another axis")
    }
    return try result(Transpose(permutation: order), x, rank: x.rank, call, &graph)
  }

  /// `depth_to_space` as TensorFlow has it: blocks of channels become blocks of positions.
  static func depthToSpace(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let given = call.invocation.arguments.dropFirst().compactMap { $0.json?.integer }.first
    let block = call.setting("block_size", "size").integer ?? given ?? 0
    return try depthToSpace(try call.functionInput(), block: block, to: call.output, call, &graph)
  }

  static func depthToSpace(
    _ input: Value, block: Int, to name: String, _ call: LayerCall, _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    let x = try graph.moved(input, for: call)
    guard (1...4096).contains(block), x.rank == 4, x.isMoved, x.extents[1] % (block * block) == 0 else {
      throw call.unsupported("\(spelled(input.shape)) has no blocks of channels")
    }
    let (n, c, h, w) = (x.extents[0], x.extents[1] / (block * block), x.extents[2], x.extents[3])
    let split = try graph.add(Reshape(to: [n, block, block, c, h, w]), [x], to: call.inner("blocks"), for: call)
    let turned = Transpose(permutation: [0, 3, 4, 1, 5, 2])
    let moved = try graph.add(turned, [split], to: call.inner("turned"), for: call)
    return try graph.add(
      Reshape(to: [n, c, h * block, w * block]), [moved], to: name, isMoved: true, for: call)
  }
}

extension LayerCall {
  /// The axis that a function is given by name, or behind its tensors.
  fileprivate func axisSetting(default axis: Int) -> JSON {
    let named = setting("axis")
    if !named.isNull { return named }
    let given = invocation.arguments.dropFirst().compactMap { $0.json?.integer }.first
    return .number(Double(given ?? axis))
  }
}

import GraphEngine
import Kernels

extension Layers {
  /// `argmax` and `argmin` along an axis.
  static func argExtremum(
    isLargest: Bool
  ) -> @Sendable (LayerCall, inout Lowering) throws(KerasError) -> Value {
    { (call, graph) throws(KerasError) in
      let x = try call.functionInput(), axis = try call.axes(call.setting(at: 1, or: "axis", "dimension"), rank: x.rank)
      guard axis.count == 1 else { throw call.unsupported("it looks along \(axis.count) axes") }
      let op = ArgExtremum(axis: x.axis(axis[0]), isLargest: isLargest, keepsDimension: true, takesLast: false)
      if call.setting("keepdims").real ?? 0 != 0 { return try graph.add(op, [x], to: call.output, for: call) }
      let kept = try graph.unmoved(try graph.add(op, [x], to: call.inner("kept"), for: call), for: call)
      let shape = kept.extents.indices.filter { $0 != axis[0] }.map { kept.extents[$0] }
      return try result(Reshape(to: shape), kept, rank: shape.count, call, &graph)
    }
  }

  /// `mean`, `sum`, `max` and their kin along some axes.
  static func reduction(
    _ kind: ReductionKind
  ) -> @Sendable (LayerCall, inout Lowering) throws(KerasError) -> Value {
    { (call, graph) throws(KerasError) in
      let x = try call.functionInput()
      let axes = try call.axes(call.setting(at: 1, or: "axis"), rank: x.rank)
      let keeps = call.setting("keepdims", "keep_dims").real ?? 0 != 0
      return try reduced(x, kind, axes: axes, keepsDimensions: keeps, to: call.output, call, &graph)
    }
  }

  /// `var`, the mean of squared differences from the mean.
  static func variance(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    try variance(call, to: call.output, &graph)
  }

  /// `std`, the variance's root.
  static func deviation(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let variance = try variance(call, to: call.inner("variance"), &graph)
    return try graph.add(ElementwiseFunction(.sqrt), [variance], to: call.output, for: call)
  }

  private static func variance(
    _ call: LayerCall, to name: String, _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    let x = try call.functionInput()
    let axes = try call.axes(call.setting(at: 1, or: "axis"), rank: x.rank)
    let keeps = call.setting("keepdims", "keep_dims").real ?? 0 != 0
    let mean = try reduced(x, .mean, axes: axes, keepsDimensions: true, to: call.inner("mean"), call, &graph)
    let centered = try graph.add(Arithmetic(.subtract), [x, mean], to: call.inner("centered"), for: call)
    let squares = try graph.add(ElementwiseFunction(.pow(2)), [centered], to: call.inner("squares"), for: call)
    return try reduced(squares, .mean, axes: axes, keepsDimensions: keeps, to: name, call, &graph)
  }

  /// A reduction along Keras' axes.
  static func reduced(
    _ x: Value, _ kind: ReductionKind, axes: [Int], keepsDimensions: Bool, to name: String, _ call: LayerCall,
    _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    let op = Reduction(kind, axes: axes.map { x.axis($0) }.sorted(), keepsDimensions: true)
    if keepsDimensions { return try graph.add(op, [x], to: name, for: call) }
    let kept = try graph.unmoved(try graph.add(op, [x], to: call.inner("reduced"), for: call), for: call)
    let shape = kept.extents.indices.filter { !axes.contains($0) }.map { kept.extents[$0] }
    guard name == call.output else { return try graph.add(Reshape(to: shape), [kept], to: name, for: call) }
    return try result(Reshape(to: shape), kept, rank: shape.count, call, &graph)
  }

  /// `UnitNormalization`, and `l2_normalize`: divided by the norm along some axes.
  static func unitNormalization(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let x = try call.functionInput()
    guard call.setting("order", "p").real ?? 2 == 2 else { throw call.unsupported("its norm is not the Euclidean one") }
    let setting = call.setting("axis")
    let axes = setting.isNull ? [x.rank - 1] : try call.axes(setting, rank: x.rank)
    return try unit(x, axes: axes, to: call.output, call, &graph)
  }

  /// `x/max(‖x‖, 10⁻⁶)` along Keras' axes.
  static func unit(
    _ x: Value, axes: [Int], to name: String, _ call: LayerCall, _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    let op = Reduction(.l2, axes: axes.map { x.axis($0) }.sorted(), keepsDimensions: true)
    let norm = try graph.add(op, [x], to: call.inner("norm"), for: call)
    let bound = ElementwiseFunction(.clip(1e-6, .greatestFiniteMagnitude))
    let divisor = try graph.add(bound, [norm], to: call.inner("divisor"), for: call)
    return try graph.add(Arithmetic(.divide), [x, divisor], to: name, for: call)
  }

  /// `softmax` and `log_softmax` along an axis.
  static func softmaxFunction(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let x = try call.functionInput()
    let setting = call.setting(at: 1, or: "axis", "dim")
    let axis = x.axis(setting.isNull ? x.rank - 1 : try call.layer.axis(setting, rank: x.rank))
    let name = call.layer.config["function"].text ?? call.layer.className
    let op: any Operator = name.lowercased().contains("log") ? LogSoftmax(axis: axis) : Softmax(axis: axis)
    return try graph.add(op, [x], to: call.output, for: call)
  }

  /// `clip`, `clip_by_value`.
  static func clip(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let numbers = call.invocation.arguments.dropFirst().compactMap { $0.json?.real }
    let low = call.setting("x_min", "clip_value_min").real ?? numbers.first
    let high = call.setting("x_max", "clip_value_max").real ?? numbers.dropFirst().first
    guard let low, let high else { throw call.unsupported("its bounds are no numbers") }
    let op = ElementwiseFunction(.clip(Float(low), Float(max(low, high)))), x = try call.functionInput()
    let result = try graph.add(op, [x], to: call.output, for: call)
    // Samples of 0…255 are kept within their range.
    if low <= 0, high >= 255 { graph.rescaleImage(from: x, to: result, by: call) }
    return result
  }

  static func matrixProduct(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let operands = call.tensors(at: 0, or: "x1", "a") + call.tensors(at: 1, or: "x2", "b")
    guard operands.count == 2 else { throw call.unsupported("it multiplies \(operands.count) tensors") }
    var sides: [Value] = []
    for (operand, name) in zip(operands, ["transpose_a", "transpose_b"]) {
      var side = try graph.unmoved(operand, for: call)
      if call.setting(name).real ?? 0 != 0, side.rank > 1 {
        var order = Array(0..<side.rank)
        order.swapAt(side.rank - 1, side.rank - 2)
        side = try graph.add(Transpose(permutation: order), [side], to: call.inner(name), for: call)
      }
      sides.append(side)
    }
    let rank = sides.map(\.rank).max() ?? 0
    guard graph.moves(rank: rank) else {
      return try graph.add(MatrixProduct(), sides, to: call.output, for: call)
    }
    return try graph.finish(
      try graph.add(MatrixProduct(), sides, to: call.inner("channels_last"), for: call), for: call)
  }
}

extension LayerCall {
  /// The one tensor that a function is applied to.
  func functionInput() throws(KerasError) -> Value {
    guard inputs.count == 1 else { throw malformed("it is applied to \(inputs.count) tensors") }
    return inputs[0]
  }

  /// One or several of Keras' axes, none of which may be the first: that counts images.
  func axes(_ json: JSON, rank: Int) throws(KerasError) -> [Int] {
    let numbers = (json.list ?? [json]).compactMap(\.integer)
    guard !numbers.isEmpty, numbers.count == json.list?.count ?? 1 else {
      throw unsupported("it takes all images together")
    }
    var axes: [Int] = []
    for number in numbers {
      guard (-rank..<rank).contains(number) else { throw malformed("it has no axis \(number) among \(rank)") }
      let axis = number < 0 ? number + rank : number
      if axis == 0 { throw unsupported("it takes all images together") }
      axes.append(axis)
    }
    return Set(axes).sorted()
  }
}

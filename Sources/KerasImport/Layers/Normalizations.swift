import GraphEngine
import Kernels

extension Layers {
  static func batchNormalizationVariables(_ layer: LayerDescription) throws(KerasError) -> [Variable] {
    try scaleAndCenterVariables(layer) + [
      Variable("moving_mean", isTrainable: false), Variable("moving_variance", isTrainable: false),
    ]
  }

  static func scaleAndCenterVariables(_ layer: LayerDescription) throws(KerasError) -> [Variable] {
    let scale = try layer.flag("scale", default: true) ? [Variable("gamma")] : []
    return scale + (try layer.flag("center", default: true) ? [Variable("beta")] : [])
  }

  /// `BatchNormalization` with the statistics of training.
  static func batchNormalization(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let input = try call.input()
    let setting = call.layer.config["axis"]
    let axis = setting.isNull ? input.rank - 1 : try call.layer.axis(setting, rank: input.rank)
    let x = try channels(of: input, along: axis, call, &graph)
    let channels = x.extents[1]
    let mean = try call.weight("moving_mean", shape: [channels])
    let variance = try call.weight("moving_variance", shape: [channels])
    let constants = [
      graph.constant(try scale(call, [channels]), call.inner("gamma")),
      graph.constant(try shift(call, [channels]), call.inner("beta")),
      graph.constant(mean, call.inner("moving_mean")), graph.constant(variance, call.inner("moving_variance")),
    ]
    let op = BatchNormalization(epsilon: try call.layer.real("epsilon", default: 1e-3))
    return try graph.add(op, [x] + constants, to: call.output, for: call)
  }

  /// `LayerNormalization` over any axes but the images'; others than the last are brought there and back.
  static func layerNormalization(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let input = try call.input()
    if try call.layer.flag("rms_scaling", default: false) { throw call.unsupported("it scales by root mean squares") }
    var axes: [Int] = []
    for json in call.layer.config["axis"].list ?? [call.layer.config["axis"]] {
      axes.append(json.isNull ? input.rank - 1 : try call.layer.axis(json, rank: input.rank))
    }
    guard Set(axes).count == axes.count, !axes.isEmpty else { throw call.malformed("it names an axis twice") }
    axes.sort()
    let order = (0..<input.rank).filter { !axes.contains($0) } + axes
    let first = input.rank - axes.count
    var x = try graph.unmoved(input, for: call)
    let isTurned = order != Array(0..<input.rank)
    if isTurned { x = try graph.add(Transpose(permutation: order), [x], to: call.inner("turned"), for: call) }
    let shape = Array(x.extents[first...])
    let constants = [
      graph.constant(try scale(call, shape), call.inner("gamma")),
      graph.constant(try shift(call, shape), call.inner("beta")),
    ]
    let op = LayerNormalization(axis: first, epsilon: try call.layer.real("epsilon", default: 1e-3))
    if isTurned {
      let back = order.indices.map { order.firstIndex(of: $0)! }
      let y = try graph.add(op, [x] + constants, to: call.inner("normalised"), for: call)
      return try result(Transpose(permutation: back), y, rank: x.rank, call, &graph)
    }
    let isMoved = graph.moves(rank: x.rank)
    let name = isMoved ? call.inner("channels_last") : call.output
    let y = try graph.add(op, [x] + constants, to: name, for: call)
    return isMoved ? try graph.finish(y, for: call) : y
  }

  /// `RMSNormalization`: `x/√(mean x² + ε) · γ` over the last axes.
  static func rootMeanSquareNormalization(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let x = try call.input()
    let axes = try call.axes(call.setting("axis"), rank: x.rank)
    let square = try graph.add(ElementwiseFunction(.pow(2)), [x], to: call.inner("square"), for: call)
    let mean = try reduced(
      square, .mean, axes: axes, keepsDimensions: true, to: call.inner("mean_square"), call, &graph)
    let shift = ElementwiseFunction(.linear(1, try call.layer.real("epsilon", default: 1e-6)))
    let root = try graph.add(
      ElementwiseFunction(.sqrt), [try graph.add(shift, [mean], to: call.inner("shifted"), for: call)],
      to: call.inner("root"), for: call)
    let normalized = try graph.add(Arithmetic(.divide), [x, root], to: call.inner("normalised"), for: call)
    let scale = try call.weight("scale", shape: axes.map { x.shape[$0] })
    let shape = x.shape.indices.map { axes.contains($0) ? x.shape[$0] : 1 }
    let constant = graph.constant(scale.reshaped(shape), call.inner("scale"))
    let placed = x.isMoved ? try graph.moved(constant, for: call) : constant
    return try graph.add(Arithmetic(.multiply), [normalized, placed], to: call.output, isMoved: x.isMoved, for: call)
  }

  /// `GroupNormalization` over groups of neighbouring channels and all positions.
  static func groupNormalization(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let input = try call.input()
    let setting = call.layer.config["axis"]
    let axis = setting.isNull ? input.rank - 1 : try call.layer.axis(setting, rank: input.rank)
    let x = try channels(of: input, along: axis, call, &graph)
    let channels = x.extents[1]
    let declared = try call.layer.integer("groups", in: -1...(1 << 24))
    let groups = declared == -1 ? channels : declared
    guard groups > 0, channels % groups == 0 else {
      throw call.malformed("\(channels) channels cannot be parted in \(groups) groups")
    }
    let composite = Composite.groupNormalization(
      of: x.extents, groups: groups, epsilon: try call.layer.real("epsilon", default: 1e-3),
      scale: try scale(call, [channels]), shift: try shift(call, [channels]))
    return try graph.add(composite, x, for: call)
  }

  /// `LayerScale` of ConvNeXt: a learnt factor for each channel.
  static func layerScale(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let input = try call.input()
    let x = try channels(of: input, along: input.rank - 1, call, &graph)
    let gamma = try call.weight("gamma", shape: [x.extents[1]])
    return try affine(x, scale: gamma, shift: NDArray(repeating: 0, shape: gamma.shape), call, &graph)
  }

  /// A scale and a shift for each channel, as a normalisation by the statistics 0 and 1.
  static func affine(
    _ x: Value, scale: NDArray, shift: NDArray, mean: NDArray? = nil, variance: NDArray? = nil, _ call: LayerCall,
    _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    let composite = Composite.channelAffine(
      channels: x.extents[1], scale: scale, shift: shift, mean: mean, variance: variance)
    return try graph.add(composite, x, for: call)
  }

  /// The value with Keras' axis `axis` as the engine's second.
  static func channels(
    of value: Value, along axis: Int, _ call: LayerCall, _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    if value.axis(axis) == 1 { return value }
    if axis == value.rank - 1 { return try graph.moved(value, for: call) }
    if axis == 1 { return try graph.unmoved(value, for: call) }
    throw call.unsupported("it works along axis \(axis), neither the first nor the last")
  }

  private static func scale(_ call: LayerCall, _ shape: [Int]) throws(KerasError) -> NDArray {
    try call.layer.flag("scale", default: true)
      ? call.weight("gamma", shape: shape) : NDArray(repeating: 1, shape: shape)
  }

  private static func shift(_ call: LayerCall, _ shape: [Int]) throws(KerasError) -> NDArray {
    try call.layer.flag("center", default: true)
      ? call.weight("beta", shape: shape) : NDArray(repeating: 0, shape: shape)
  }
}

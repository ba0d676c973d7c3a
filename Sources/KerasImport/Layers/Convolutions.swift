import GraphEngine
import Kernels

extension Layers {
  static func convolutionVariables(_ layer: LayerDescription) throws(KerasError) -> [Variable] {
    [Variable("kernel", order: .convolution)] + (try bias(layer))
  }

  static func depthwiseVariables(_ layer: LayerDescription) throws(KerasError) -> [Variable] {
    [Variable("depthwise_kernel", alias: "kernel", order: .depthwise)] + (try bias(layer))
  }

  static func separableVariables(_ layer: LayerDescription) throws(KerasError) -> [Variable] {
    let kernels = [
      Variable("depthwise_kernel", order: .depthwise), Variable("pointwise_kernel", order: .convolution),
    ]
    return kernels + (try bias(layer))
  }

  private static func bias(_ layer: LayerDescription) throws(KerasError) -> [Variable] {
    try layer.flag("use_bias", default: true) ? [Variable("bias")] : []
  }

  /// `Conv1D`, `Conv2D`, `Conv3D`.
  static func convolution(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let x = try call.image(&graph)
    let kernel = try call.layer.integers("kernel_size", count: call.spatialRank)
    let groups = call.layer.config["groups"].isNull ? 1 : try call.layer.integer("groups")
    let filters = try call.layer.integer("filters")
    guard x.extents[1] % groups == 0 else {
      throw call.malformed("\(x.extents[1]) channels cannot be parted in \(groups) groups")
    }
    let weights = try call.weight("kernel", shape: [filters, x.extents[1] / groups] + kernel)
    return try activated(call, &graph) { (name, graph) throws(KerasError) in
      try convolve(x, weights, "kernel", filters, groups: groups, to: name, call, &graph)
    }
  }

  /// `DepthwiseConv1D`, `DepthwiseConv2D`.
  static func depthwiseConvolution(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let x = try call.image(&graph)
    let weights = try depthwiseWeights(call, channels: x.extents[1])
    return try activated(call, &graph) { (name, graph) throws(KerasError) in
      try convolve(x, weights, "kernel", weights.shape[0], groups: x.extents[1], to: name, call, &graph)
    }
  }

  /// `SeparableConv1D`, `SeparableConv2D`: a depthwise convolution, then one over channels alone.
  static func separableConvolution(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let x = try call.image(&graph)
    let depthwise = try depthwiseWeights(call, channels: x.extents[1])
    let filters = try call.layer.integer("filters")
    let ones = depthwise.shape.dropFirst(2).map { _ in 1 }
    let pointwise = try call.weight("pointwise_kernel", shape: [filters, depthwise.shape[0]] + ones)
    let y = try convolve(
      x, depthwise, "depthwise_kernel", nil, groups: x.extents[1], to: call.inner("depthwise"), call, &graph)
    return try activated(call, &graph) { (name, graph) throws(KerasError) in
      let geometry = ConvolutionGeometry(
        strides: ones, dilations: ones, paddingBefore: ones.map { _ in 0 }, paddingAfter: ones.map { _ in 0 })
      var inputs = [y, graph.constant(pointwise, call.inner("pointwise_kernel"))]
      inputs += try bias(call, filters, &graph)
      return try graph.add(Convolution(geometry), inputs, to: name, for: call)
    }
  }

  /// `Conv1DTranspose`, `Conv2DTranspose`, `Conv3DTranspose`.
  static func transposedConvolution(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let x = try call.image(&graph)
    let kernel = try call.layer.integers("kernel_size", count: call.spatialRank)
    let filters = try call.layer.integer("filters")
    guard call.layer.config["output_padding"].isNull else { throw call.unsupported("it has an output_padding") }
    guard call.layer.config["groups"].isNull || call.layer.config["groups"].integer == 1 else {
      throw call.unsupported("it works in groups")
    }
    let weights = try call.weight("kernel", shape: [x.extents[1], filters] + kernel)
    let windows = try Windows(call, over: Array(x.extents.dropFirst(2)), kernel: kernel)
    var (before, after, beyond) = (kernel.map { _ in 0 }, kernel.map { _ in 0 }, kernel.map { _ in 0 })
    for axis in kernel.indices {
      // What a window reaches beyond its stride is cut off, or missing.
      let excess = (kernel[axis] - 1) * windows.dilations[axis] + 1 - windows.strides[axis]
      beyond[axis] = max(0, -excess)
      guard call.layer.config["padding"].text == "same" else { continue }
      (before[axis], after[axis]) = (max(0, excess) / 2, max(0, excess) - max(0, excess) / 2)
    }
    let geometry = ConvolutionGeometry(
      strides: windows.strides, dilations: windows.dilations, paddingBefore: before, paddingAfter: after)
    return try activated(call, &graph) { (name, graph) throws(KerasError) in
      let inputs = [x, graph.constant(weights, call.inner("kernel"))] + (try bias(call, filters, &graph))
      return try graph.add(TransposedConvolution(geometry, outputPadding: beyond), inputs, to: name, for: call)
    }
  }

  private static func depthwiseWeights(_ call: LayerCall, channels: Int) throws(KerasError) -> NDArray {
    let kernel = try call.layer.integers("kernel_size", count: call.spatialRank)
    let multiplier = call.layer.config["depth_multiplier"].isNull ? 1 : try call.layer.integer("depth_multiplier")
    return try call.weight("depthwise_kernel", shape: [channels * multiplier, 1] + kernel)
  }

  /// A convolution in the layer's windows, with its bias where `filters` tells how long that is.
  private static func convolve(
    _ x: Value, _ weights: NDArray, _ stem: String, _ filters: Int?, groups: Int, to name: String, _ call: LayerCall,
    _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    let windows = try Windows(call, over: Array(x.extents.dropFirst(2)), kernel: Array(weights.shape.dropFirst(2)))
    let geometry = ConvolutionGeometry(
      strides: windows.strides, dilations: windows.dilations, paddingBefore: windows.before,
      paddingAfter: windows.after, groups: groups)
    var inputs = [x, graph.constant(weights, call.inner(stem))]
    if let filters { inputs += try bias(call, filters, &graph) }
    return try graph.add(Convolution(geometry), inputs, to: name, for: call)
  }

  static func bias(_ call: LayerCall, _ count: Int, _ graph: inout Lowering) throws(KerasError) -> [Value] {
    guard try call.layer.flag("use_bias", default: true) else { return [] }
    return [graph.constant(try call.weight("bias", shape: [count]), call.inner("bias"))]
  }
}

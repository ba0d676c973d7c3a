import GraphEngine
import Kernels

extension Layers {
  /// `MaxPooling…` and `AveragePooling…`; padded positions never count.
  static func pooling(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let x = try call.image(&graph)
    let kernel = try call.layer.integers("pool_size", count: call.spatialRank)
    let windows = try Windows(call, over: Array(x.extents.dropFirst(2)), kernel: kernel, strides: kernel)
    let geometry = PoolingGeometry(
      kernel: kernel, strides: windows.strides, dilations: windows.dilations, paddingBefore: windows.before,
      paddingAfter: windows.after)
    let isMaximum = call.layer.className.hasPrefix("Max")
    let op: any Operator = isMaximum ? MaxPool(geometry, ceilMode: false) : AveragePool(geometry, ceilMode: false)
    return try graph.add(op, [x], to: call.output, for: call)
  }

  /// `GlobalAveragePooling…` and `GlobalMaxPooling…`.
  static func globalPooling(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let x = try call.image(&graph)
    let op: any Operator = call.layer.className.hasPrefix("GlobalMax") ? GlobalMaxPool() : GlobalAveragePool()
    if try call.layer.flag("keepdims", default: false) { return try graph.add(op, [x], to: call.output, for: call) }
    let pooled = try graph.add(op, [x], to: call.inner("pooled"), for: call)
    let shape = Array(pooled.extents.prefix(2))
    return try graph.add(Reshape(to: shape), [pooled], to: call.output, isMoved: false, for: call)
  }
}

import AttributionKit
import GraphEngine
import Tensors

/// Maps that the network holds in another order than `[channels, height, width]`.
extension ExpressionWriter {
  /// What the network computes for a layer, in the layer's shape.
  func maps(in value: Written, of layer: Layer) throws -> Written {
    guard layer.isSpatial, let layout = model.layouts[layer.name] else {
      return writer.reshaped(value, to: shape(layer.shape))
    }
    return try maps(in: value, layout, of: layer.name)
  }

  /// The scores of an output.
  func scores(in pass: WrittenPass, _ index: Int) throws -> Written {
    let head = model.heads[index], value = try pass.value(named: head.value)
    guard let layout = head.layout else { return writer.reshaped(value, to: shape(head.output.shape)) }
    return try maps(in: value, layout, of: head.value)
  }

  /// Where a walk from the cotangents of these outputs starts.
  func starts(of cotangents: [(output: Int, Tensor)], in pass: WrittenPass) throws -> [String: Written] {
    var starts: [String: Written] = [:]
    for (index, cotangent) in cotangents {
      let head = model.heads[index]
      guard let shape = pass.shape(of: head.value) else { throw GraphError.noSuchValue(head.value) }
      let whole = writer.expanded(try write(cotangent), to: self.shape(cotangent.shape))
      let start = try head.layout.map { try own(whole, $0, of: head.value, shape) } ?? writer.reshaped(whole, to: shape)
      starts[head.value] = try starts[head.value].map { try writer.sum($0, start) } ?? start
    }
    return starts
  }

  private func maps(in value: Written, _ layout: MapLayout, of name: String) throws -> Written {
    if layout.isPlain { return writer.reshaped(value, to: shape(layout.shape)) }
    try checkImages(of: value.shape, name)
    guard let rows = layout.rows, value.shape.count % layout.channels == 0 else {
      let flat = writer.reshaped(value, to: shape([value.shape.count]))
      return writer.reshaped(try writer.gathered(flat, axis: 1, layout.positions), to: shape(layout.shape))
    }
    let flat = writer.reshaped(value, to: shape([value.shape.count / layout.channels, layout.channels]))
    let taken = writer.transposed(try writer.gathered(flat, axis: 1, rows), [0, 2, 1])
    return writer.reshaped(taken, to: shape(layout.shape))
  }

  /// Maps in the network's own order, zero at what has no place: the reverse of ``maps(in:_:of:)``.
  private func own(
    _ maps: Written, _ layout: MapLayout, of name: String, _ own: WrittenShape
  ) throws -> Written {
    if layout.isPlain { return writer.reshaped(maps, to: own) }
    try checkImages(of: own, name)
    guard let rows = layout.rows, own.count % layout.channels == 0 else {
      let flat = writer.reshaped(maps, to: shape([layout.channels * layout.places]))
      return writer.reshaped(
        try writer.gatheredPullback(flat, axis: 1, layout.positions, extent: own.count), to: own)
    }
    let flat = writer.reshaped(maps, to: shape([layout.channels, layout.places]))
    let put = try writer.gatheredPullback(
      writer.transposed(flat, [0, 2, 1]), axis: 1, rows, extent: own.count / layout.channels)
    return writer.reshaped(put, to: own)
  }

  private func checkImages(of shape: WrittenShape, _ name: String) throws {
    guard shape.imageAxis == nil || shape.imageAxis == 0 else {
      throw GraphModelError.unwritable("the images of '\(name)' lie apart")
    }
  }
}

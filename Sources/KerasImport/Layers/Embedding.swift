import GraphEngine
import Kernels

extension Layers {
  /// `Embedding` of whole numbers that are known beforehand, as those of an input that is fixed.
  static func embedding(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let input = try graph.unmoved(try call.input(), for: call)
    if try call.layer.flag("mask_zero", default: false) { throw call.unsupported("it masks the entry 0") }
    guard let array = graph.array(input) else {
      throw call.unsupported("which entries it picks depends on the input '\(input.name)'; give that input an array")
    }
    let (rows, width) = (try call.layer.integer("input_dim"), try call.layer.integer("output_dim"))
    let table = try call.weight("embeddings", shape: [rows, width])
    let numbers = array.scalars
    guard numbers.allSatisfy({ $0 == $0.rounded() && $0 >= 0 && $0 < Float(rows) }) else {
      throw call.unsupported("it is to pick entries beyond the \(rows) that it has")
    }
    let op = Gather(indices: numbers.map { Int($0) }, indicesShape: input.extents, axis: 0)
    let entries = graph.constant(table, call.inner("embeddings"))
    let shape = input.extents + [width]
    guard graph.moves(rank: shape.count) else {
      return try graph.add(op, [entries], to: call.output, isMoved: false, for: call)
    }
    return try graph.finish(
      try graph.add(op, [entries], to: call.inner("channels_last"), isMoved: false, for: call), for: call)
  }
}

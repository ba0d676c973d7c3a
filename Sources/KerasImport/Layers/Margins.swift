import GraphEngine
import Kernels

extension Layers {
  /// `ZeroPadding…` and `Cropping…`.
  static func margin(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let input = try call.input()
    let x = try call.image(&graph)
    let crops = call.layer.className.hasPrefix("Cropping")
    let margins = try margins(call, call.layer.config[crops ? "cropping" : "padding"])
    let sign = crops ? -1 : 1
    let op = Pad(
      before: [0, 0] + margins.map { sign * $0.before }, after: [0, 0] + margins.map { sign * $0.after },
      mode: .constant(0))
    let result = try graph.add(op, [x], to: call.output, for: call)
    graph.passImage(from: input, to: result)
    return result
  }

  /// One number for all sides, one for each axis, or two for each.
  private static func margins(_ call: LayerCall, _ json: JSON) throws(KerasError) -> [(before: Int, after: Int)] {
    let rank = call.spatialRank
    let axes = json.list ?? Array(repeating: json, count: rank)
    // Along one axis, both sides stand in one list.
    let sides = rank == 1 && json.list?.count == 2 ? [json] : axes
    var margins: [(before: Int, after: Int)] = []
    for side in sides {
      let numbers = side.list?.compactMap(\.integer) ?? [side, side].compactMap(\.integer)
      guard numbers.count == 2, numbers.allSatisfy({ (0...(1 << 24)).contains($0) }) else { break }
      margins.append((numbers[0], numbers[1]))
    }
    guard margins.count == rank else { throw call.malformed("its margins are not two numbers for each axis") }
    return margins
  }

  /// `CenterCrop`, of images that are large enough.
  static func centerCrop(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let input = try call.input()
    let x = try call.image(&graph)
    let size = [try call.layer.integer("height"), try call.layer.integer("width")]
    var (starts, ends) = (x.extents.map { _ in 0 }, x.extents)
    for (axis, extent) in zip([2, 3], size) {
      guard extent <= x.extents[axis] else {
        throw call.unsupported("its input of \(spelled(input.shape)) is smaller than the crop and would be resized")
      }
      starts[axis] = (x.extents[axis] - extent) / 2
      ends[axis] = starts[axis] + extent
    }
    let op = Slice(starts: starts, ends: ends, steps: starts.map { _ in 1 })
    let result = try graph.add(op, [x], to: call.output, for: call)
    graph.passImage(from: input, to: result)
    return result
  }
}

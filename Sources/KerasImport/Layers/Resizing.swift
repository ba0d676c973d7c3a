import GraphEngine
import Kernels

extension Layers {
  /// `UpSampling…`: positions repeated, or interpolated between.
  static func upSampling(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let x = try call.image(&graph)
    let factors = try call.layer.integers("size", count: call.spatialRank)
    let spatial = Array(x.extents.dropFirst(2))
    for (extent, factor) in zip(spatial, factors) where elementCount(of: [extent, factor]) == nil {
      throw .tooLarge(value: call.output, shape: [extent, factor])
    }
    return try resized(x, to: zip(spatial, factors).map { $0 * $1 }, call, &graph)
  }

  /// `Resizing` to a fixed size, proportions not kept.
  static func resizing(_ call: LayerCall, _ graph: inout Lowering) throws(KerasError) -> Value {
    let input = try call.input()
    for setting in ["crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias"]
    where try call.layer.flag(setting, default: false) {
      throw call.unsupported("its '\(setting)' is set")
    }
    let x = try call.image(&graph)
    let size = [try call.layer.integer("height"), try call.layer.integer("width")]
    let result = try resized(x, to: size, call, &graph)
    graph.passImage(from: input, to: result)
    return result
  }

  private static func resized(
    _ x: Value, to size: [Int], _ call: LayerCall, _ graph: inout Lowering
  ) throws(KerasError) -> Value {
    switch call.layer.config["interpolation"].text ?? (call.layer.className == "Resizing" ? "bilinear" : "nearest") {
    case "nearest":
      var result = x
      for (axis, extent) in size.enumerated() {
        let op = Gather(indices: nearest(x.extents[axis + 2], extent), indicesShape: [extent], axis: axis + 2)
        let name = axis == size.count - 1 ? call.output : call.inner("axis_\(axis)")
        result = try graph.add(op, [result], to: name, for: call)
      }
      return result
    case "bilinear" where size.count == 2:
      // Each axis is a product with the matrix of its interpolation.
      let rows = graph.constant(interpolation(x.extents[2], size[0], isTransposed: false), call.inner("rows"))
      let columns = graph.constant(interpolation(x.extents[3], size[1], isTransposed: true), call.inner("columns"))
      let wide = try graph.add(MatrixProduct(), [x, columns], to: call.inner("wide"), for: call)
      return try graph.add(MatrixProduct(), [rows, wide], to: call.output, isMoved: x.isMoved, for: call)
    case let other: throw call.unsupported("its interpolation is '\(other)'")
    }
  }

  /// The positions read by those of the resized axis, half-pixel centres aligned.
  private static func nearest(_ from: Int, _ to: Int) -> [Int] {
    (0..<to).map { min(from - 1, (2 * $0 + 1) * from / (2 * to)) }
  }

  /// The weights of `from` positions in each of `to`, `[to, from]`.
  private static func interpolation(_ from: Int, _ to: Int, isTransposed: Bool) -> NDArray {
    var weights = [Float](repeating: 0, count: from * to)
    for position in 0..<to {
      let place = min(max((Double(position) + 0.5) * Double(from) / Double(to) - 0.5, 0), Double(from - 1))
      let lower = Int(place), share = Float(place - Double(lower))
      func add(_ weight: Float, at source: Int) {
        weights[isTransposed ? source * to + position : position * from + source] += weight
      }
      add(1 - share, at: lower)
      add(share, at: min(lower + 1, from - 1))
    }
    return NDArray(weights, shape: isTransposed ? [from, to] : [to, from])
  }
}

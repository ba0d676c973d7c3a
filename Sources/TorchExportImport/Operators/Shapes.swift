import GraphEngine
import Kernels

/// Other shapes of the same elements.
extension OperatorTable {
  static let shapes: [String: Lower] = [
    "view": one(reshaped), "_unsafe_view": one(reshaped), "reshape": one(reshaped), "view_as": one(reshapedLike),
    "reshape_as": one(reshapedLike), "flatten": one(flattened), "unflatten": one(unflattened),
    "squeeze": one(squeezed), "unsqueeze": one(unsqueezed), "permute": one(permuted), "transpose": one(transposed),
    "swapaxes": one(transposed), "t": one(turned), "numpy_T": one(turned), "movedim": one(moved),
    "expand": one(expanded), "expand_as": one(expandedLike), "broadcast_to": one(expanded), "repeat": one(repeated),
    "tile": one(repeated), "pixel_shuffle": one(pixelShuffle), "pixel_unshuffle": one(pixelUnshuffle),
    "channel_shuffle": one(channelShuffle), "native_channel_shuffle": one(channelShuffle),
  ]

  private static func reshaped(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    var shape = call["size"].isNone ? try call.integers("shape") : try call.integers("size")
    let count = x.shape.reduce(1, *)
    let known = shape.filter { $0 != -1 }.reduce(1, *)
    if let open = shape.firstIndex(of: -1) {
      guard known > 0, count % known == 0 else { throw call.malformed("it does not fit \(spelled(x.shape))") }
      shape[open] = count / known
    } else if known != count, known * call.widening == count, !shape.isEmpty {
      // The file's one image is the outermost part of whichever axis has it.
      shape[0] *= call.widening
    }
    return try graph.reshape(x, to: shape, for: call)
  }

  private static func reshapedLike(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    try graph.reshape(try call.tensor(), to: try call.tensor("other").shape, for: call)
  }

  private static func flattened(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    let (start, end) = (try call.axis("start_dim", 0, of: x), try call.axis("end_dim", -1, of: x))
    guard start <= end, !x.shape.isEmpty else { return try graph.reshape(x, to: [1], for: call) }
    let shape = Array(x.shape[..<start]) + [x.shape[start...end].reduce(1, *)] + Array(x.shape[(end + 1)...])
    return try graph.reshape(x, to: shape, for: call)
  }

  private static func unflattened(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    let axis = try call.axis(of: x)
    var sizes = try call.integers("sizes")
    let known = sizes.filter { $0 != -1 }.reduce(1, *)
    if let open = sizes.firstIndex(of: -1), known > 0 { sizes[open] = x.shape[axis] / known }
    return try graph.reshape(
      x, to: Array(x.shape[..<axis]) + sizes + Array(x.shape[(axis + 1)...]), for: call)
  }

  private static func squeezed(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    let axes = call["dim"].isNone ? Array(x.shape.indices) : try call.axes(of: x)
    let shape = x.shape.indices.filter { !axes.contains($0) || x.shape[$0] != 1 }.map { x.shape[$0] }
    return try graph.reshape(x, to: shape, for: call)
  }

  private static func unsqueezed(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    let axis = try call.axis(try call.integer("dim"), rank: x.shape.count + 1)
    var shape = x.shape
    shape.insert(1, at: axis)
    return try graph.reshape(x, to: shape, for: call)
  }

  private static func permuted(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    var order: [Int] = []
    for axis in try call.integers("dims") { order.append(try call.axis(axis, rank: x.shape.count)) }
    return try graph.transpose(x, order, for: call)
  }

  private static func transposed(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    let names = call["dim0"].isNone ? ("axis0", "axis1") : ("dim0", "dim1")
    var order = Array(x.shape.indices)
    order.swapAt(try call.axis(names.0, of: x), try call.axis(names.1, of: x))
    return try graph.transpose(x, order, for: call)
  }

  private static func turned(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    return try graph.transpose(x, x.shape.indices.reversed(), for: call)
  }

  private static func moved(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    var (sources, targets): ([Int], [Int]) = ([], [])
    for axis in try call.integers("source") { sources.append(try call.axis(axis, rank: x.shape.count)) }
    for axis in try call.integers("destination") { targets.append(try call.axis(axis, rank: x.shape.count)) }
    guard sources.count == targets.count else { throw call.malformed("it moves axes to fewer or more places") }
    var rest = x.shape.indices.filter { !sources.contains($0) }
    for (target, source) in zip(targets, sources).sorted(by: { $0.0 < $1.0 }) {
      rest.insert(source, at: min(target, rest.count))
    }
    return try graph.transpose(x, rest, for: call)
  }

  private static func expanded(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    var shape = try call.integers("size")
    let missing = shape.count - x.shape.count
    guard missing >= 0 else { throw call.malformed("\(spelled(x.shape)) has more axes than \(spelled(shape))") }
    for axis in shape.indices where axis >= missing {
      if shape[axis] == -1 { shape[axis] = x.shape[axis - missing] }
      // An axis that the file has once and more images have several times.
      if axis == 0, call.widening > 1, x.shape[0] == shape[0] * call.widening { shape[0] = x.shape[0] }
    }
    return shape == x.shape ? x : try graph.add(Expand(to: shape), [x], for: call)
  }

  private static func expandedLike(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let (x, other) = (try call.tensor(), try call.tensor("other"))
    return x.shape == other.shape ? x : try graph.add(Expand(to: other.shape), [x], for: call)
  }

  /// Each axis becomes two, of which the outer one is repeated.
  private static func repeated(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    var repeats = call["repeats"].isNone ? try call.integers("dims") : try call.integers("repeats")
    var shape = x.shape
    shape = Array(repeating: 1, count: max(0, repeats.count - shape.count)) + shape
    repeats = Array(repeating: 1, count: max(0, shape.count - repeats.count)) + repeats
    guard repeats.allSatisfy({ (1...(1 << 24)).contains($0) }) else {
      throw call.unsupported("it repeats an axis no times")
    }
    if repeats.allSatisfy({ $0 == 1 }) { return try graph.reshape(x, to: shape, for: call) }
    let split = try graph.add(Reshape(to: shape.flatMap { [1, $0] }), [x], for: call)
    let wide = try graph.add(Expand(to: zip(repeats, shape).flatMap { [$0, $1] }), [split], for: call)
    return try graph.add(Reshape(to: zip(repeats, shape).map(*)), [wide], for: call)
  }

  private static func pixelShuffle(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let (x, r) = (try call.tensor(), try call.integer("upscale_factor"))
    guard x.shape.count == 4, r > 0, x.shape[1] % (r * r) == 0 else {
      throw call.malformed("\(spelled(x.shape)) has no blocks of \(r) × \(r) channels")
    }
    let (n, c, h, w) = (x.shape[0], x.shape[1] / (r * r), x.shape[2], x.shape[3])
    let split = try graph.add(Reshape(to: [n, c, r, r, h, w]), [x], for: call)
    let moved = try graph.add(Transpose(permutation: [0, 1, 4, 2, 5, 3]), [split], for: call)
    return try graph.add(Reshape(to: [n, c, h * r, w * r]), [moved], for: call)
  }

  private static func pixelUnshuffle(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let (x, r) = (try call.tensor(), try call.integer("downscale_factor"))
    guard x.shape.count == 4, r > 0, x.shape[2] % r == 0, x.shape[3] % r == 0 else {
      throw call.malformed("\(spelled(x.shape)) has no blocks of \(r) × \(r) places")
    }
    let (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2] / r, x.shape[3] / r)
    let split = try graph.add(Reshape(to: [n, c, h, r, w, r]), [x], for: call)
    let moved = try graph.add(Transpose(permutation: [0, 1, 3, 5, 2, 4]), [split], for: call)
    return try graph.add(Reshape(to: [n, c * r * r, h, w]), [moved], for: call)
  }

  private static func channelShuffle(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let (x, groups) = (try call.tensor(), try call.integer("groups"))
    guard x.shape.count >= 2, groups > 0, x.shape[1] % groups == 0 else {
      throw call.malformed("\(spelled(x.shape)) has no \(groups) groups of channels")
    }
    let rest = Array(x.shape[2...])
    let split = try graph.add(Reshape(to: [x.shape[0], groups, x.shape[1] / groups] + rest), [x], for: call)
    let order = [0, 2, 1] + rest.indices.map { $0 + 3 }
    let moved = try graph.add(Transpose(permutation: order), [split], for: call)
    return try graph.add(Reshape(to: x.shape), [moved], for: call)
  }
}

extension Lowering {
  /// The same elements under another shape; the value itself where it has that already.
  mutating func reshape(_ x: TensorValue, to shape: [Int], for call: Call) throws(TorchExportError) -> TensorValue {
    x.shape == shape ? x : try add(Reshape(to: shape), [x], for: call)
  }

  mutating func transpose(_ x: TensorValue, _ order: [Int], for call: Call) throws(TorchExportError) -> TensorValue {
    if order == Array(x.shape.indices) { return x }
    return try add(Transpose(permutation: order), [x], for: call)
  }
}

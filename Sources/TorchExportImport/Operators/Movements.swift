import GraphEngine
import Kernels

/// Parts of arrays, and arrays joined.
extension OperatorTable {
  static let movement: [String: Lower] = [
    "cat": one(joined), "concat": one(joined), "concatenate": one(joined), "stack": one(stacked),
    "slice": one(sliced), "slice_copy": one(sliced), "narrow": one(narrowed), "select": one(selected),
    "select_copy": one(selected), "split": split, "split_with_sizes": split, "chunk": chunked, "unbind": unbound,
    "_operator.getitem": item, "pad": one(padded), "constant_pad_nd": one(padded),
    "reflection_pad1d": one(margin(.reflect)), "reflection_pad2d": one(margin(.reflect)),
    "replication_pad1d": one(margin(.edge)), "replication_pad2d": one(margin(.edge)), "roll": one(rolled),
    "flip": one(flipped), "unfold": one(unfolded), "im2col": one(columns), "as_strided": one(strided),
    "tril": one(triangle(isUpper: false)), "triu": one(triangle(isUpper: true)), "meshgrid": grids,
    "copy": one(copied), "slice_scatter": one(sliceScattered), "select_scatter": one(selectScattered),
    "diagonal": one(diagonal), "rot90": one(rotated),
  ]

  private static func joined(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let all = try call.tensors("tensors").filter { $0.shape != [0] }
    guard let first = all.first else { throw call.malformed("it joins nothing") }
    let axis = try call.axis("dim", 0, of: first)
    // A token that the file has once goes with each of more images.
    let images = all.map { $0.shape[0] }.max() ?? 1
    var parts: [TensorValue] = []
    for part in all {
      if axis > 0, call.widening > 1, part.shape[0] * call.widening == images {
        parts.append(try graph.add(Expand(to: [images] + part.shape.dropFirst()), [part], for: call))
      } else {
        parts.append(part)
      }
    }
    if parts.count == 1 { return parts[0] }
    return try graph.add(Concatenation(axis: axis), parts, for: call, as: parts.map(\.kind).max())
  }

  private static func stacked(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let all = try call.tensors("tensors")
    guard let first = all.first else { throw call.malformed("it joins nothing") }
    let axis = try call.axis(try call.integer("dim", 0), rank: first.shape.count + 1)
    var parts: [TensorValue] = []
    for part in all {
      var shape = part.shape
      shape.insert(1, at: axis)
      parts.append(try graph.reshape(part, to: shape, for: call))
    }
    return try graph.add(Concatenation(axis: axis), parts, for: call, as: parts.map(\.kind).max())
  }

  private static func sliced(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    let range = try sliceRange(call, of: x)
    return try graph.slice(x, from: range.start, to: range.end, by: range.step, along: range.axis, for: call)
  }

  /// What a slice takes, its ends within the axis as Python brings them there.
  private static func sliceRange(
    _ call: Call, of x: TensorValue
  ) throws(TorchExportError) -> (axis: Int, start: Int, end: Int, step: Int) {
    let axis = try call.axis("dim", 0, of: x)
    let extent = x.shape[axis]
    func bound(_ place: Int) -> Int { min(max(place < 0 ? place + extent : place, 0), extent) }
    let start = bound(call["start"].isNone ? 0 : try call.integer("start"))
    let end = bound(call["end"].isNone ? extent : try call.integer("end"))
    let step = try call.integer("step", 1)
    guard step > 0 else { throw call.malformed("its step is \(step)") }
    return (axis, start, end, step)
  }

  private static func narrowed(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    let axis = try call.axis(of: x)
    let start = try call.axis(try call.integer("start"), rank: x.shape[axis])
    return try graph.slice(x, from: start, to: start + (try call.integer("length")), along: axis, for: call)
  }

  private static func selected(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    let axis = try call.axis(of: x)
    let index = try call.axis(try call.integer("index"), rank: x.shape[axis])
    return try graph.add(Gather(indices: [index], indicesShape: [], axis: axis), [x], for: call)
  }

  private static let split: Lower = { (call, graph) throws(TorchExportError) in
    let x = try call.tensor()
    let axis = try call.axis("dim", 0, of: x)
    let sizes: [Int]
    if case .list = call["split_size"] {
      sizes = try call.integers("split_size")
    } else if call["split_sizes"].isNone {
      sizes = evenSizes(try call.integer("split_size"), of: x.shape[axis])
    } else {
      sizes = try call.integers("split_sizes")
    }
    return [.list(try graph.parts(of: x, sizes: sizes, along: axis, for: call).map(Value.tensor))]
  }

  private static func evenSizes(_ size: Int, of extent: Int) -> [Int] {
    guard size > 0 else { return [] }
    return stride(from: 0, to: extent, by: size).map { min(size, extent - $0) }
  }

  private static let chunked: Lower = { (call, graph) throws(TorchExportError) in
    let x = try call.tensor()
    let axis = try call.axis("dim", 0, of: x)
    let count = max(1, try call.integer("chunks"))
    let sizes = evenSizes((x.shape[axis] + count - 1) / count, of: x.shape[axis])
    return [.list(try graph.parts(of: x, sizes: sizes, along: axis, for: call).map(Value.tensor))]
  }

  private static let unbound: Lower = { (call, graph) throws(TorchExportError) in
    let x = try call.tensor()
    let axis = try call.axis("dim", 0, of: x)
    var parts: [Value] = []
    for index in 0..<x.shape[axis] {
      let op = Gather(indices: [index], indicesShape: [], axis: axis)
      parts.append(.tensor(try graph.add(op, [x], for: call)))
    }
    return [.list(parts)]
  }

  private static let item: Lower = { (call, _) throws(TorchExportError) in
    guard call.ordered.count == 2, case .list(let list) = call.ordered[0], let index = call.ordered[1].integer,
      list.indices.contains(index)
    else { throw call.malformed("it takes an element that is not there") }
    return [list[index]]
  }

  /// Margins from the last axis on, those before each in front of those behind.
  private static func padded(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let value = try call.real("value", 0)
    let mode: PaddingMode =
      switch call.text("mode", "constant") {
      case "constant": .constant(value)
      case "reflect": .reflect
      case "replicate": .edge
      case "circular": .wrap
      case let other: throw call.unsupported("its mode is '\(other)'")
      }
    return try margin(mode)(call, &graph)
  }

  private static func margin(_ mode: PaddingMode) -> LowerOne {
    { (call, graph) throws(TorchExportError) in
      let x = try call.subject()
      let margins = call["pad"].isNone ? try call.integers("padding") : try call.integers("pad")
      guard margins.count % 2 == 0, margins.count <= 2 * x.shape.count else {
        throw call.malformed("it pads more axes than \(spelled(x.shape)) has")
      }
      var (before, after) = (x.shape.map { _ in 0 }, x.shape.map { _ in 0 })
      for pair in 0..<margins.count / 2 {
        let axis = x.shape.count - 1 - pair
        (before[axis], after[axis]) = (margins[2 * pair], margins[2 * pair + 1])
      }
      if (before + after).allSatisfy({ $0 == 0 }) { return x }
      return try graph.add(Pad(before: before, after: after, mode: mode), [x], for: call)
    }
  }

  private static func rolled(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    var x = try call.tensor()
    let (shifts, axes) = (try call.integers("shifts"), try call.integers("dims", []))
    guard shifts.count == axes.count else { throw call.unsupported("it moves all axes as one") }
    for (shift, named) in zip(shifts, axes) {
      let axis = try call.axis(named, rank: x.shape.count)
      let extent = x.shape[axis]
      let indices = (0..<extent).map { (($0 - shift) % extent + extent) % extent }
      if indices == Array(0..<extent) { continue }
      x = try graph.add(Gather(indices: indices, indicesShape: [extent], axis: axis), [x], for: call)
    }
    return x
  }

  private static func flipped(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    var x = try call.tensor()
    for named in try call.integers("dims") {
      let axis = try call.axis(named, rank: x.shape.count)
      let indices = Array((0..<x.shape[axis]).reversed())
      x = try graph.add(Gather(indices: indices, indicesShape: [indices.count], axis: axis), [x], for: call)
    }
    return x
  }

  /// Quarter turns from the first of two axes towards the second.
  private static func rotated(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    var x = try call.tensor()
    var axes: [Int] = []
    for axis in try call.integers("dims", [0, 1]) { axes.append(try call.axis(axis, rank: x.shape.count)) }
    guard axes.count == 2 else { throw call.malformed("it turns in \(axes.count) axes") }
    for _ in 0..<((try call.integer("k", 1) % 4 + 4) % 4) {
      var order = Array(x.shape.indices)
      order.swapAt(axes[0], axes[1])
      x = try graph.transpose(x, order, for: call)
      let indices = Array((0..<x.shape[axes[0]]).reversed())
      x = try graph.add(Gather(indices: indices, indicesShape: [indices.count], axis: axes[0]), [x], for: call)
    }
    return x
  }

  /// Overlapping stretches of an axis, their positions along a new last one.
  private static func unfolded(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    let axis = try call.axis("dimension", of: x)
    let (size, step) = (try call.integer("size"), try call.integer("step"))
    guard size > 0, step > 0, size <= x.shape[axis] else { throw call.malformed("its stretches do not fit") }
    let count = (x.shape[axis] - size) / step + 1
    let indices = (0..<count).flatMap { start in (0..<size).map { start * step + $0 } }
    let taken = try graph.add(Gather(indices: indices, indicesShape: [count, size], axis: axis), [x], for: call)
    let order = taken.shape.indices.filter { $0 != axis + 1 } + [axis + 1]
    return try graph.transpose(taken, order, for: call)
  }

  /// The windows of a convolution side by side, `[N, C·kh·kw, windows]`.
  private static func columns(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    var x = try call.tensor()
    let (kernel, dilation) = (
      try call.spatial("kernel_size", rank: 2, [1]), try call.spatial("dilation", rank: 2, [1])
    )
    let (padding, strides) = (try call.spatial("padding", rank: 2, [0]), try call.spatial("stride", rank: 2, [1]))
    guard x.shape.count == 4, (kernel + dilation + strides).allSatisfy({ $0 > 0 }) else {
      throw call.malformed("\(spelled(x.shape)) has no windows")
    }
    if padding != [0, 0] {
      let margins = [0, 0] + padding
      x = try graph.add(Pad(before: margins, after: margins, mode: .constant(0)), [x], for: call)
    }
    for axis in 0..<2 {
      let extent = x.shape[2 + 2 * axis]
      let count = (extent - (kernel[axis] - 1) * dilation[axis] - 1) / strides[axis] + 1
      guard count > 0 else { throw call.malformed("its windows do not fit") }
      let indices = (0..<kernel[axis]).flatMap { tap in (0..<count).map { $0 * strides[axis] + tap * dilation[axis] } }
      let op = Gather(indices: indices, indicesShape: [kernel[axis], count], axis: 2 + 2 * axis)
      x = try graph.add(op, [x], for: call)
    }
    let order = try graph.transpose(x, [0, 1, 2, 4, 3, 5], for: call)
    let shape = order.shape
    return try graph.reshape(
      order, to: [shape[0], shape[1] * shape[2] * shape[3], shape[4] * shape[5]], for: call)
  }

  /// Elements by their places in memory, of an array that lies in row-major order.
  private static func strided(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    let (shape, strides) = (try call.integers("size"), try call.integers("stride"))
    let start = call["storage_offset"].isNone ? 0 : try call.integer("storage_offset")
    let count = x.shape.reduce(1, *)
    guard shape.count == strides.count, let total = elementCount(of: shape), total <= 1 << 26 else {
      throw call.malformed("its strides do not fit its size")
    }
    if start == 0, total == count, strides == rowMajorStrides(of: shape) {
      return try graph.reshape(x, to: shape, for: call)
    }
    let inner = rowMajorStrides(of: shape)
    let places = (0..<total).map { index in
      shape.indices.reduce(start) { $0 + index / inner[$1] % shape[$1] * strides[$1] }
    }
    guard places.allSatisfy({ (0..<count).contains($0) }) else { throw call.malformed("it reaches beyond its input") }
    return try graph.add(Picking(places: places, from: x.shape, shape: shape), [x], for: call)
  }

  private static func triangle(isUpper: Bool) -> LowerOne {
    { (call, graph) throws(TorchExportError) in
      let x = try call.tensor()
      let diagonal = try call.integer("diagonal", 0)
      guard x.shape.count >= 2, x.shape.reduce(1, *) <= 1 << 26 else {
        throw call.malformed("\(spelled(x.shape)) is no matrix")
      }
      let (rows, columns) = (x.shape[x.shape.count - 2], x.shape[x.shape.count - 1])
      let places = (0..<x.shape.reduce(1, *)).map { place in
        let distance = place % columns - place / columns % rows
        return (isUpper ? distance >= diagonal : distance <= diagonal) ? place : -1
      }
      return try graph.add(Picking(places: places, from: x.shape, shape: x.shape), [x], for: call)
    }
  }

  private static func diagonal(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    guard x.shape.count == 2, try call.integer("offset", 0) == 0 else {
      throw call.unsupported("it takes another diagonal than a matrix' main one")
    }
    let count = min(x.shape[0], x.shape[1])
    let places = (0..<count).map { $0 * (x.shape[1] + 1) }
    return try graph.add(Picking(places: places, from: x.shape, shape: [count]), [x], for: call)
  }

  private static let grids: Lower = { (call, graph) throws(TorchExportError) in
    let lines = try call.tensors("tensors")
    var order = Array(lines.indices)
    if call.text("indexing", "ij") == "xy", order.count > 1 { order.swapAt(0, 1) }
    let shape = order.map { lines[$0].shape.first ?? 1 }
    var grids: [Value] = []
    for (index, line) in lines.enumerated() {
      var column = shape.map { _ in 1 }
      column[order.firstIndex(of: index) ?? index] = line.shape.first ?? 1
      let turned = try graph.reshape(line, to: column, for: call)
      grids.append(.tensor(try graph.add(Expand(to: shape), [turned], for: call)))
    }
    return [.list(grids)]
  }

  /// What is put in the place of all of an array.
  private static func copied(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let (x, source) = (try call.tensor(), try call.tensor("src"))
    return x.shape == source.shape ? source : try graph.add(Expand(to: x.shape), [source], for: call)
  }

  private static func sliceScattered(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    let range = try sliceRange(call, of: x)
    let positions = Array(stride(from: range.start, to: range.end, by: range.step))
    return try graph.replaced(x, at: positions, along: range.axis, by: try call.tensor("src"), for: call)
  }

  private static func selectScattered(_ call: Call, _ graph: inout Lowering) throws(TorchExportError) -> TensorValue {
    let x = try call.tensor()
    let axis = try call.axis(of: x)
    let index = try call.axis(try call.integer("index"), rank: x.shape[axis])
    return try graph.replaced(x, at: [index], along: axis, by: try call.tensor("src"), for: call)
  }
}

extension Lowering {
  mutating func slice(
    _ x: TensorValue, from start: Int, to end: Int, by step: Int = 1, along axis: Int, for call: Call
  ) throws(TorchExportError) -> TensorValue {
    if start == 0, end == x.shape[axis], step == 1 { return x }
    guard start < end, end <= x.shape[axis] else { throw call.unsupported("its result would be empty") }
    var (starts, ends, steps) = (x.shape.map { _ in 0 }, x.shape, x.shape.map { _ in 1 })
    (starts[axis], ends[axis], steps[axis]) = (start, end, step)
    return try add(Slice(starts: starts, ends: ends, steps: steps), [x], for: call)
  }

  /// Consecutive stretches of an axis.
  mutating func parts(
    of x: TensorValue, sizes: [Int], along axis: Int, for call: Call
  ) throws(TorchExportError) -> [TensorValue] {
    guard sizes.allSatisfy({ $0 > 0 }), sizes.reduce(0, +) == x.shape[axis] else {
      throw call.malformed("\(spelled(sizes)) do not part an axis of \(x.shape[axis])")
    }
    var (parts, start): ([TensorValue], Int) = ([], 0)
    for size in sizes {
      parts.append(try slice(x, from: start, to: start + size, along: axis, for: call))
      start += size
    }
    return parts
  }

  /// Positions of an axis replaced by others.
  fileprivate mutating func replaced(
    _ x: TensorValue, at positions: [Int], along axis: Int, by source: TensorValue, for call: Call
  ) throws(TorchExportError) -> TensorValue {
    guard !positions.isEmpty, x.shape.reduce(1, *) <= 1 << 26 else { return x }
    let (strides, outer) = (rowMajorStrides(of: x.shape), x.shape[..<axis].reduce(1, *))
    let inner = strides[axis]
    let places = (0..<outer).flatMap { o in
      positions.flatMap { p in (0..<inner).map { (o * x.shape[axis] + p) * inner + $0 } }
    }
    var shape = x.shape
    shape[axis] = positions.count
    var updates = source
    if updates.shape.reduce(1, *) != places.count {
      updates = try add(Expand(to: shape), [updates], for: call)
    }
    if places.count == x.shape.reduce(1, *) { return try reshape(updates, to: x.shape, for: call) }
    return try add(Scattering(.replace, places: places), [x, updates], for: call)
  }
}

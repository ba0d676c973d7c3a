/// Movements in ONNX's operators.
extension GraphWriter {
  /// The same scalars in another shape.
  public func reshaped(_ x: Written, to shape: WrittenShape) -> Written {
    x.shape == shape ? x : add("Reshape", [x, integers(shape.reshapeTarget)], shape: shape)
  }

  /// The axes in another order.
  public func transposed(_ x: Written, _ permutation: [Int]) -> Written {
    if permutation.elementsEqual(permutation.indices) { return x }
    return add("Transpose", [x], ["perm": .integers(permutation)], shape: x.shape.permuted(permutation))
  }

  /// The last two axes changed over.
  func matrixTransposed(_ x: Written) -> Written {
    let rank = x.shape.rank
    return transposed(x, Array(0..<rank - 2) + [rank - 1, rank - 2])
  }

  /// The array repeated to a shape that it broadcasts to.
  public func expanded(_ x: Written, to shape: WrittenShape) -> Written {
    if x.shape == shape { return x }
    let missing = shape.rank - x.shape.rank
    if shape.imageAxis == nil || x.shape.imageAxis.map({ $0 + missing }) == shape.imageAxis {
      return add("Expand", [x, integers(shape.expandTarget)], shape: shape)
    }
    return add("Expand", [x, extents(of: shape)], shape: shape)
  }

  /// The extents of a shape for as many images as there are, as an array.
  private func extents(of shape: WrittenShape) -> Written {
    guard let axis = shape.imageAxis, let imageCount else { return integers(shape.extents) }
    var count = imageCount
    if shape[axis] > 1 { count = add("Mul", [count, integers([shape[axis]]).name], shape: nil) }
    let parts = [Array(shape.extents[..<axis]), Array(shape.extents[(axis + 1)...])].map { part in
      part.isEmpty ? [] : [integers(part).name]
    }
    let all = parts[0] + [count] + parts[1]
    let name = all.count == 1 ? count : add("Concat", all, ["axis": .integer(0)], shape: nil)
    return Written(name, WrittenShape([shape.rank]))
  }

  /// Positions from `start` up to but not including `end` of an axis that does not grow with the images.
  public func sliced(_ x: Written, axis: Int, _ start: Int, _ end: Int, step: Int = 1) throws -> Written {
    let length = step > 0 ? (end - start + step - 1) / step : (start - end - step - 1) / -step
    if step == 1, start == 0, end == x.shape[axis] { return x }
    guard axis != x.shape.imageAxis else { throw ShapeError("it takes some of the images") }
    // Walking backwards up to and including position 0 has no other end.
    let last = step < 0 && end < 0 ? Int(Int32.min) : end
    return add(
      "Slice", [x, integers([start]), integers([last]), integers([axis]), integers([step])],
      shape: x.shape.with(length, along: axis))
  }

  /// Zeros, or other numbers, before and after each axis.
  func padded(_ x: Written, before: [Int], after: [Int], with number: Float = 0) throws -> Written {
    if (before + after).allSatisfy({ $0 == 0 }) { return x }
    if let axis = x.shape.imageAxis, before[axis] != 0 || after[axis] != 0 {
      throw ShapeError("it pads the axis of the images")
    }
    let extents = x.shape.extents.indices.map { x.shape[$0] + before[$0] + after[$0] }
    let amount = integers(before + after)
    return add(
      "Pad", number == 0 ? [x, amount] : [x, amount, scalar(number)],
      shape: WrittenShape(extents, imageAxis: x.shape.imageAxis))
  }

  /// Positions along an axis put at these places of a longer one, with zeros between them.
  func scattered(_ x: Written, axis: Int, into extent: Int, start: Int, step: Int) throws -> Written {
    if step == 1, start == 0, x.shape[axis] == extent { return x }
    guard axis != x.shape.imageAxis else { throw ShapeError("it takes some of the images") }
    if step < 0 {
      let count = x.shape[axis], reversed = try sliced(x, axis: axis, count - 1, -1, step: -1)
      return try scattered(reversed, axis: axis, into: extent, start: start + (count - 1) * step, step: -step)
    }
    var spread = x
    if step > 1 {
      // Each position followed by zeros.
      let parted = WrittenShape(
        Array(x.shape.extents[...axis]) + [1] + x.shape.extents[(axis + 1)...],
        imageAxis: x.shape.imageAxis.map { $0 > axis ? $0 + 1 : $0 })
      let none = parted.extents.map { _ in 0 }
      var zeros = none
      zeros[axis + 1] = step - 1
      let stuffed = try padded(reshaped(x, to: parted), before: none, after: zeros)
      spread = reshaped(stuffed, to: x.shape.with(x.shape[axis] * step, along: axis))
      spread = try sliced(spread, axis: axis, 0, min(spread.shape[axis], extent - start))
    }
    var (before, after) = (x.shape.extents.map { _ in 0 }, x.shape.extents.map { _ in 0 })
    (before[axis], after[axis]) = (start, extent - start - spread.shape[axis])
    return try padded(spread, before: before, after: after)
  }

  /// Positions of an axis, of which negative ones are zero.
  public func gathered(_ x: Written, axis: Int, _ positions: [Int]) throws -> Written {
    if positions.elementsEqual(0..<x.shape[axis]) { return x }
    guard axis != x.shape.imageAxis else { throw ShapeError("it takes some of the images") }
    var source = x
    if positions.contains(where: { $0 < 0 }) {
      var after = x.shape.extents.map { _ in 0 }
      after[axis] = 1
      source = try padded(x, before: after.map { _ in 0 }, after: after)
    }
    let places = positions.map { $0 < 0 ? x.shape[axis] : $0 }
    let contiguous = places.enumerated().allSatisfy { $1 == places[0] + $0 }
    if contiguous, let first = places.first, let last = places.last {
      return try sliced(source, axis: axis, first, last + 1)
    }
    return add(
      "Gather", [source, integers(places)], ["axis": .integer(axis)],
      shape: x.shape.with(positions.count, along: axis))
  }

  /// The pullback of ``gathered(_:axis:_:)``: what was taken several times is added up.
  public func gatheredPullback(_ g: Written, axis: Int, _ positions: [Int], extent: Int) throws -> Written {
    var takers = [[Int]](repeating: [], count: extent)
    for (index, position) in positions.enumerated() where position >= 0 { takers[position].append(index) }
    var sum: Written?
    for round in 0..<max(1, takers.map(\.count).max() ?? 1) {
      let part = try gathered(g, axis: axis, takers.map { round < $0.count ? $0[round] : -1 })
      sum = try sum.map { try self.sum($0, part) } ?? part
    }
    return sum ?? g
  }

  /// Arrays one after the other.
  public func joined(_ parts: [Written], axis: Int) -> Written {
    if parts.count == 1 { return parts[0] }
    let extent = parts.reduce(0) { $0 + $1.shape[axis] }
    return add("Concat", parts, ["axis": .integer(axis)], shape: parts[0].shape.with(extent, along: axis))
  }

  /// One at the greatest of the scalars along an axis, the first of equal ones, and zero elsewhere.
  func firstMaximum(_ x: Written, axis: Int) -> Written {
    let place = add(
      "ArgMax", [x.name], ["axis": .integer(axis), "keepdims": .integer(1)], shape: nil)
    var iota = x.shape.extents.map { _ in 1 }
    iota[axis] = x.shape[axis]
    let numbers = integers(Array(0..<x.shape[axis]), iota)
    let isChosen = add("Equal", [place, numbers.name], shape: nil)
    return real(isChosen, x.shape)
  }

  /// Truths or whole numbers as real ones.
  public func real(_ name: String, _ shape: WrittenShape) -> Written {
    Written(add("Cast", [name], ["to": .integer(1)], shape: shape), shape)
  }
}

/// Every `steps`-th scalar from `starts` up to but not including `ends`, along each axis.
///
/// - Parameters:
///   - x: any array.
///   - starts: the first index along each axis, not negative.
///   - ends: the index behind the last; with a negative step it lies before the start, -1 where the slice reaches the front.
///   - steps: not zero; negative steps walk backwards.
/// - Returns: The slice, plain.
/// - Throws: Where the slice leaves the array or is empty.
public func sliced(_ x: NDArray, starts: [Int], ends: [Int], steps: [Int]) throws -> NDArray {
  let slice = try Slice(of: x.shape, starts: starts, steps: steps, extents: sliceExtents(starts, ends, steps))
  let source = x.plain()
  let result = NDArray(layout: .plain(slice.extents))
  source.withScalars { from in
    result.fill { to in
      copyRuns(
        slice.extents, from: from.baseAddress! + slice.offset, strides: slice.strides, to: to,
        strides: rowMajorStrides(slice.extents))
    }
  }
  return result
}

/// The pullback of `sliced`: the cotangent in its places, zeros elsewhere.
///
/// - Parameters:
///   - cotangent: of the slice's shape.
///   - shape: the shape that was sliced.
///   - starts: the first index along each axis.
///   - steps: the slice's steps.
/// - Returns: An array of `shape`, plain.
/// - Throws: Where the slice leaves the array.
public func scattered(_ cotangent: NDArray, into shape: [Int], starts: [Int], steps: [Int]) throws -> NDArray {
  let slice = try Slice(of: shape, starts: starts, steps: steps, extents: cotangent.shape)
  let source = cotangent.plain()
  let result = NDArray(repeating: 0, shape: shape)
  source.withScalars { from in
    result.fill { to in
      copyRuns(
        slice.extents, from: from.baseAddress!, strides: rowMajorStrides(slice.extents), to: to + slice.offset,
        strides: slice.strides)
    }
  }
  return result
}

private func sliceExtents(_ starts: [Int], _ ends: [Int], _ steps: [Int]) throws -> [Int] {
  try require(
    starts.count == ends.count && starts.count == steps.count && !steps.contains(0),
    "A slice needs as many starts as ends and steps, and no step of zero.")
  return starts.indices.map { axis in
    let distance = ends[axis] - starts[axis]
    let step = steps[axis]
    return max(0, (distance + step - step.signum()) / step)
  }
}

/// A slice as a strided view of a plain array.
private struct Slice {
  let extents: [Int]
  let strides: [Int]
  let offset: Int

  init(of shape: [Int], starts: [Int], steps: [Int], extents: [Int]) throws {
    try require(
      [starts.count, steps.count, extents.count].allSatisfy { $0 == shape.count },
      "A slice of \(shape) must name a start, an end and a step for each of its axes.")
    for axis in shape.indices {
      let last = starts[axis] + (extents[axis] - 1) * steps[axis]
      try require(
        extents[axis] > 0 && shape.indices.contains(axis) && (0..<shape[axis]).contains(starts[axis])
          && (0..<shape[axis]).contains(last),
        "A slice from \(starts) of shape \(extents) by steps \(steps) is empty or leaves an array of shape \(shape).")
    }
    let dense = rowMajorStrides(shape)
    self.extents = extents
    strides = zip(dense, steps).map { $0 * $1 }
    offset = zip(dense, starts).map { $0 * $1 }.reduce(0, +)
  }
}

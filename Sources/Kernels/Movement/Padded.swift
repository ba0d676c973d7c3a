/// What lies around an array that is padded.
public enum PaddingMode: Hashable, Sendable {
  case constant(Float)
  /// Mirrored, without repeating the border.
  case reflect
  /// The border repeated.
  case edge
  /// The other side again.
  case wrap
}

/// The array with a margin before and after each axis; a negative margin crops.
///
/// - Throws: Where the margins leave nothing, or reflect more than there is.
public func padded(_ x: NDArray, before: [Int], after: [Int], mode: PaddingMode) throws -> NDArray {
  let margins = try Margins(of: x.shape, before, after, mode)
  if case .constant(let scalar) = mode {
    let result = NDArray(repeating: scalar, shape: margins.outer)
    let inside = try sliced(x, starts: margins.cropStarts, ends: margins.cropEnds, steps: margins.ones)
    inside.withScalars { from in
      result.fill { to in
        let strides = rowMajorStrides(margins.outer)
        let offset = zip(strides, margins.origin).map { $0 * $1 }.reduce(0, +)
        copyRuns(
          inside.shape, from: from.baseAddress!, strides: rowMajorStrides(inside.shape), to: to + offset,
          strides: strides)
      }
    }
    return result
  }
  return try margins.indices.enumerated().reduce(x) { x, axis in
    margins.isUntouched(axis.offset) ? x : try gathered(x, indices: axis.element, axis: axis.offset)
  }
}

/// The pullback of `padded`: what reached the margin flows back to where it was copied from.
///
/// - Throws: Where the shapes do not fit together.
public func paddedPullback(
  _ cotangent: NDArray, inputShape: [Int], before: [Int], after: [Int], mode: PaddingMode
) throws -> NDArray {
  let margins = try Margins(of: inputShape, before, after, mode)
  try require(
    cotangent.shape == margins.outer,
    "A cotangent of shape \(cotangent.shape) does not fit a padded array of shape \(margins.outer).")
  if case .constant = mode {
    let ends = margins.origin.indices.map {
      margins.origin[$0] + margins.cropEnds[$0] - margins.cropStarts[$0]
    }
    let inside = try sliced(cotangent, starts: margins.origin, ends: ends, steps: margins.ones)
    return try scattered(inside, into: inputShape, starts: margins.cropStarts, steps: margins.ones)
  }
  var (gradient, shape) = (cotangent, cotangent.shape)
  for (axis, indices) in margins.indices.enumerated().reversed() where !margins.isUntouched(axis) {
    shape[axis] = inputShape[axis]
    gradient = try gatheredPullback(gradient, into: shape, indices: indices, axis: axis)
  }
  return gradient
}

private struct Margins {
  let inner: [Int]
  let before: [Int]
  let after: [Int]
  let outer: [Int]
  /// For each axis, the index that each position of the padded array is copied from.
  let indices: [[Int]]

  init(of shape: [Int], _ before: [Int], _ after: [Int], _ mode: PaddingMode) throws {
    try require(
      before.count == shape.count && after.count == shape.count && !shape.contains(0),
      "Margins \(before) and \(after) do not name each axis of an array of shape \(shape).")
    inner = shape
    (self.before, self.after) = (before, after)
    outer = shape.indices.map { shape[$0] + before[$0] + after[$0] }
    for axis in shape.indices {
      try require(
        outer[axis] > 0 && before[axis] > -shape[axis] && after[axis] > -shape[axis],
        "Margins \(before) and \(after) leave nothing of an array of shape \(shape).")
      try require(
        mode != .reflect || max(before[axis], after[axis]) < shape[axis],
        "An array of shape \(shape) is too small to be reflected by \(before) and \(after).")
    }
    if case .constant = mode {
      indices = []
    } else {
      indices = shape.indices.map { axis in
        (-before[axis]..<shape[axis] + after[axis]).map { source($0, extent: shape[axis], mode) }
      }
    }
  }

  func isUntouched(_ axis: Int) -> Bool { before[axis] == 0 && after[axis] == 0 }
  var ones: [Int] { inner.map { _ in 1 } }
  var cropStarts: [Int] { before.map { max(0, -$0) } }
  var cropEnds: [Int] { zip(inner, after).map { $0 + min(0, $1) } }
  var origin: [Int] { before.map { max(0, $0) } }
}

private func source(_ position: Int, extent: Int, _ mode: PaddingMode) -> Int {
  switch mode {
  case .constant, .edge: return min(max(position, 0), extent - 1)
  case .wrap: return ((position % extent) + extent) % extent
  case .reflect:
    if position < 0 { return -position }
    return position < extent ? position : 2 * (extent - 1) - position
  }
}

/// The array with its axes in another order: axis `i` of the result is axis `permutation[i]` of `x`.
///
/// - Throws: Where `permutation` does not name each axis once.
public func transposed(_ x: NDArray, permutation: [Int]) throws -> NDArray {
  try require(
    permutation.sorted() == Array(x.shape.indices),
    "\(permutation) is no order of the \(x.shape.count) axes of \(x.shape).")
  if permutation == Array(x.shape.indices) { return x }
  let source = x.plain()
  let strides = rowMajorStrides(x.shape)
  let result = NDArray(layout: .plain(permutation.map { x.shape[$0] }))
  result.copyFrom(source, strides: permutation.map { strides[$0] })
  return result
}

/// The inverse of a permutation, which undoes a transposition.
public func inverse(ofPermutation permutation: [Int]) -> [Int] {
  permutation.indices.sorted { permutation[$0] < permutation[$1] }
}

/// The array repeated along its axes of extent one, and along new leading ones, by NumPy's rule.
///
/// - Throws: Where the shapes do not broadcast.
public func expanded(_ x: NDArray, to shape: [Int]) throws -> NDArray {
  try require(broadcastShape(x.shape, shape) == shape, "An array of shape \(x.shape) cannot be expanded to \(shape).")
  if shape == x.shape { return x }
  let result = NDArray(layout: .plain(shape))
  result.copyFrom(x.plain(), strides: broadcastStrides(x.shape, to: shape))
  return result
}

extension NDArray {
  /// Fills this plain array from a plain one that is read with the given strides.
  fileprivate func copyFrom(_ source: NDArray, strides: [Int]) {
    source.withScalars { from in
      fill { to in
        guard let base = from.baseAddress else { return }
        copyRuns(shape, from: base, strides: strides, to: to, strides: rowMajorStrides(shape))
      }
    }
  }
}

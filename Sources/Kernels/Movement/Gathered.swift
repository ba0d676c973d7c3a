/// The slices of `x` at given indices along an axis.
///
/// - Parameters:
///   - x: any array.
///   - indices: each within the axis, or negative, counting from its end.
///   - axis: the axis that is picked from.
/// - Returns: `x`'s shape with `indices.count` along the axis.
/// - Throws: Where an index leaves the axis.
public func gathered(_ x: NDArray, indices: [Int], axis: Int) throws -> NDArray {
  let gather = try Gather(from: x.shape, indices, axis)
  let source = x.plain()
  let result = NDArray(layout: .plain(gather.shape))
  source.withScalars { from in
    result.fill { to in
      gather.forEachSlice { part, whole in
        (to + part).update(from: from.baseAddress! + whole, count: gather.inner)
      }
    }
  }
  return result
}

/// The pullback of `gathered`: each slice of the cotangent added at the index it came from.
///
/// - Parameters:
///   - cotangent: of the gathered shape.
///   - shape: the shape that was gathered from.
///   - indices: those of the gather.
///   - axis: that of the gather.
/// - Returns: An array of `shape`, plain.
/// - Throws: Where the shapes do not fit together.
public func gatheredPullback(_ cotangent: NDArray, into shape: [Int], indices: [Int], axis: Int) throws -> NDArray {
  let gather = try Gather(from: shape, indices, axis)
  try require(
    cotangent.shape == gather.shape,
    "A cotangent of shape \(cotangent.shape) does not fit a gather of shape \(gather.shape).")
  let source = cotangent.plain()
  let result = NDArray(repeating: 0, shape: shape)
  source.withScalars { from in
    result.fill { to in
      gather.forEachSlice { part, whole in
        for i in 0..<gather.inner { to[whole + i] += from[part + i] }
      }
    }
  }
  return result
}

private struct Gather {
  let shape: [Int]
  let outer: Int
  let inner: Int
  private let extent: Int
  private let indices: [Int]

  init(from shape: [Int], _ indices: [Int], _ axis: Int) throws {
    try require(
      shape.indices.contains(axis) && !shape.contains(0) && !indices.isEmpty,
      "Nothing can be gathered along axis \(axis) of an array of shape \(shape).")
    let extent = shape[axis]
    self.indices = indices.map { $0 < 0 ? $0 + extent : $0 }
    try require(
      self.indices.allSatisfy { (0..<extent).contains($0) },
      "An index of a gather lies outside axis \(axis) of an array of shape \(shape).")
    self.extent = extent
    outer = shape.prefix(axis).reduce(1, *)
    inner = shape.dropFirst(axis + 1).reduce(1, *)
    self.shape = shape.prefix(axis) + [indices.count] + shape.dropFirst(axis + 1)
  }

  /// Visits the offset of each slice in the gathered array and in the whole one.
  func forEachSlice(_ body: (_ part: Int, _ whole: Int) -> Void) {
    for i in 0..<outer {
      for (j, index) in indices.enumerated() {
        body((i * indices.count + j) * inner, (i * extent + index) * inner)
      }
    }
  }
}

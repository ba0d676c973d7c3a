/// How each position along one axis is made of positions of another extent: a sparse matrix, row by row.
public struct Interpolation: Hashable, Sendable {
  /// One row per position of the result; its terms are positions of the source with their weights.
  public let rows: [[Term]]
  /// The extent interpolated between.
  public let sourceExtent: Int

  public struct Term: Hashable, Sendable {
    /// Which of the input's positions along the axis.
    public let position: Int
    /// What its scalar is multiplied by.
    public let weight: Float

    /// A term of this position and weight.
    public init(_ position: Int, _ weight: Float) { (self.position, self.weight) = (position, weight) }
  }

  /// - Throws: Where a term lies outside the source.
  public init(rows: [[Term]], sourceExtent: Int) throws {
    try require(
      rows.allSatisfy { $0.allSatisfy { (0..<sourceExtent).contains($0.position) } },
      "An interpolation reaches beyond an axis of \(sourceExtent) positions.")
    self.rows = rows
    self.sourceExtent = sourceExtent
  }
}

/// Interpolates along one axis: each position of the result is a weighted sum of the source's.
///
/// - Parameters:
///   - x: any array.
///   - axis: the axis that changes its extent.
///   - interpolation: the weights, for an axis of `x`'s extent.
/// - Returns: `x`'s shape with as many positions along the axis as the interpolation has rows, plain.
/// - Throws: Where the axis has another extent.
public func interpolated(_ x: NDArray, axis: Int, by interpolation: Interpolation) throws -> NDArray {
  try require(
    x.shape.indices.contains(axis) && x.shape[axis] == interpolation.sourceExtent,
    "An interpolation of \(interpolation.sourceExtent) positions does not fit axis \(axis) of \(x.shape).")
  var shape = x.shape
  shape[axis] = interpolation.rows.count
  let walk = AxisWalk(x.shape, axis)
  let source = x.plain()
  let result = NDArray(layout: .plain(shape))
  source.withScalars { from in
    result.fill { to in
      for outer in 0..<walk.outer {
        let input = from.baseAddress! + outer * walk.extent * walk.inner
        for (index, row) in interpolation.rows.enumerated() {
          let output = to + (outer * shape[axis] + index) * walk.inner
          if walk.inner == 1 {
            var total: Float = 0
            for term in row { total += term.weight * input[term.position] }
            output.pointee = total
          } else {
            output.update(repeating: 0, count: walk.inner)
            for term in row { add(input + term.position * walk.inner, times: term.weight, to: output, walk.inner) }
          }
        }
      }
    }
  }
  return result
}

/// The pullback of `interpolated`: the weights' transpose.
///
/// - Parameters:
///   - cotangent: of the interpolated shape.
///   - axis: the axis interpolated along.
///   - interpolation: the weights.
/// - Returns: An array whose extent along the axis is the source's, plain.
/// - Throws: Where the axis has another extent than the interpolation has rows.
public func interpolatedPullback(_ cotangent: NDArray, axis: Int, by interpolation: Interpolation) throws -> NDArray {
  try require(
    cotangent.shape.indices.contains(axis) && cotangent.shape[axis] == interpolation.rows.count,
    "A cotangent of shape \(cotangent.shape) does not fit an interpolation of \(interpolation.rows.count) rows.")
  var shape = cotangent.shape
  shape[axis] = interpolation.sourceExtent
  let walk = AxisWalk(shape, axis)
  let source = cotangent.plain()
  let result = NDArray(repeating: 0, shape: shape)
  source.withScalars { from in
    result.fill { to in
      for outer in 0..<walk.outer {
        let output = to + outer * walk.extent * walk.inner
        for (index, row) in interpolation.rows.enumerated() {
          let input = from.baseAddress! + (outer * interpolation.rows.count + index) * walk.inner
          for term in row { add(input, times: term.weight, to: output + term.position * walk.inner, walk.inner) }
        }
      }
    }
  }
  return result
}

@inline(__always)
private func add(_ x: UnsafePointer<Float>, times weight: Float, to y: UnsafeMutablePointer<Float>, _ count: Int) {
  for i in 0..<count { y[i] += weight * x[i] }
}

/// How a row-major array is walked along one axis.
private struct AxisWalk {
  let outer: Int
  let extent: Int
  let inner: Int

  init(_ shape: [Int], _ axis: Int) {
    outer = shape[..<axis].reduce(1, *)
    extent = shape[axis]
    inner = shape[(axis + 1)...].reduce(1, *)
  }
}

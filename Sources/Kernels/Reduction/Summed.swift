/// The sum over everything that broadcasting repeated: the pullback of `expanded(_:to:)`.
///
/// - Parameters:
///   - x: the wide array, usually a cotangent.
///   - shape: a shape that broadcasts to that of `x`.
/// - Returns: An array of `shape`, plain.
/// - Precondition: `shape` broadcasts to `x.shape`.
public func summed(_ x: NDArray, to shape: [Int]) -> NDArray {
  if shape == x.shape { return x }
  precondition(broadcastShape(shape, x.shape) == x.shape, "\(shape) does not broadcast to \(x.shape)")
  let source = x.plain()
  let result = NDArray(repeating: 0, shape: shape)
  source.withScalars { from in
    result.fill { to in
      guard let base = from.baseAddress else { return }
      accumulateRuns(
        source.shape, from: base, strides: rowMajorStrides(source.shape), to: to,
        strides: broadcastStrides(shape, to: source.shape))
    }
  }
  return result
}

/// The sum over some axes.
///
/// - Throws: Where an axis does not exist.
public func summed(_ x: NDArray, overAxes axes: [Int], keepsDimensions: Bool = false) throws -> NDArray {
  try reduced(x, .sum, axes: axes, keepsDimensions: keepsDimensions)
}

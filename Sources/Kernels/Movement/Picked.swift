/// The scalars at the given places of a row-major array; zero where the place is negative.
///
/// - Parameters:
///   - x: any array.
///   - places: one per scalar of the result, each below `x.count`.
///   - shape: the result's.
/// - Returns: An array of `shape`, plain.
/// - Throws: Where a place lies outside the array, or their number is not that of the result's scalars.
public func picked(_ x: NDArray, places: [Int], shape: [Int]) throws -> NDArray {
  try require(
    places.count == shape.reduce(1, *) && places.allSatisfy { $0 < x.count },
    "\(places.count) places in an array of shape \(x.shape) do not make up \(shape).")
  let source = x.plain()
  let result = NDArray(layout: .plain(shape))
  source.withScalars { from in
    result.fill { to in
      for (index, place) in places.enumerated() { to[index] = place < 0 ? 0 : from[place] }
    }
  }
  return result
}

/// The pullback of `picked`: each scalar of the cotangent added at the place it came from.
///
/// - Parameters:
///   - cotangent: of the picked shape.
///   - places: those picked.
///   - shape: the shape that was picked from.
/// - Returns: An array of `shape`, plain.
/// - Throws: Where a place lies outside the array, or their number is not that of the cotangent's scalars.
public func pickedPullback(_ cotangent: NDArray, places: [Int], into shape: [Int]) throws -> NDArray {
  let count = shape.reduce(1, *)
  try require(
    places.count == cotangent.count && places.allSatisfy { $0 < count },
    "\(places.count) places in an array of shape \(shape) do not fit a cotangent of shape \(cotangent.shape).")
  let source = cotangent.plain()
  let result = NDArray(repeating: 0, shape: shape)
  source.withScalars { from in
    result.fill { to in
      for (index, place) in places.enumerated() where place >= 0 { to[place] += from[index] }
    }
  }
  return result
}

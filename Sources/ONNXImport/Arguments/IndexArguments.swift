import GraphEngine

/// The places in row-major memory that indices mean, and the shape they are picked in.
struct IndexedPlaces {
  let places: [Int]
  let shape: [Int]
}

extension OperatorCall {
  /// The places that one index for each element, along `axis`, means in a tensor of `shape`.
  func elementPlaces(in shape: [Int]) throws(ONNXError) -> IndexedPlaces {
    let axis = try self.axis(try attributes.integer("axis") ?? 0, rank: shape.count)
    guard let picked = try integers(1, "which elements it picks"), let extents = optionalInput(1)?.shape else {
      throw malformed("it has no indices")
    }
    guard extents.count == shape.count, extents.indices.allSatisfy({ $0 == axis || extents[$0] <= shape[$0] }) else {
      throw malformed("indices of \(spelled(extents)) do not fit \(spelled(shape))")
    }
    let indices = try self.indices(picked, into: shape[axis])
    var strides = rowMajorStrides(of: shape)
    let stride = strides[axis]
    strides[axis] = 0
    let origins = ONNXImport.places(over: extents, strides: strides)
    return IndexedPlaces(places: zip(origins, indices).map { $0 + $1 * stride }, shape: extents)
  }

  /// The places that tuples of indices mean in a tensor of `shape`; each tuple picks a whole slice.
  func tuplePlaces(in shape: [Int], batch: Int) throws(ONNXError) -> IndexedPlaces {
    guard let numbers = try integers(1, "which slices it picks"), let extents = optionalInput(1)?.shape,
      let length = extents.last, length > 0, batch >= 0, batch < extents.count, batch + length <= shape.count,
      extents[..<batch] == shape[..<batch]
    else { throw malformed("its indices do not fit \(spelled(shape))") }
    let strides = rowMajorStrides(of: shape)
    let slice = Array(shape[(batch + length)...])
    _ = try ConstantFolding.affordableCount(of: extents.dropLast() + slice, for: self)
    let inSlice = ONNXImport.places(over: slice, strides: Array(strides[(batch + length)...]))
    let tuples = numbers.count / length
    let perBatch = tuples / max(1, shape[..<batch].reduce(1, *))
    let batchStride = batch == 0 ? 0 : strides[batch - 1]
    var places: [Int] = []
    places.reserveCapacity(tuples * inSlice.count)
    for tuple in 0..<tuples {
      var origin = batch == 0 ? 0 : tuple / perBatch * batchStride
      for axis in 0..<length {
        let index = try indices([numbers[tuple * length + axis]], into: shape[batch + axis])[0]
        origin += index * strides[batch + axis]
      }
      for offset in inSlice { places.append(origin + offset) }
    }
    return IndexedPlaces(places: places, shape: Array(extents.dropLast()) + slice)
  }
}

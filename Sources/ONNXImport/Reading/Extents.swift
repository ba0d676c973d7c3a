/// The distance in memory between neighbours along each axis of a row-major tensor.
func rowMajorStrides(of shape: [Int]) -> [Int] {
  var strides = [Int](repeating: 1, count: shape.count)
  for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
  return strides
}

/// The places in memory that a walk over `extents` visits, row-major, stepping by `strides` from `origin`.
func places(over extents: [Int], strides: [Int], origin: Int = 0) -> [Int] {
  var places = [origin]
  for (extent, stride) in zip(extents, strides) {
    var next: [Int] = []
    next.reserveCapacity(places.count * extent)
    for place in places { for index in 0..<extent { next.append(place + index * stride) } }
    places = next
  }
  return places
}

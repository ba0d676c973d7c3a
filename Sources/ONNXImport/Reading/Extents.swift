/// The most elements one value of a network may have: 2³¹, eight gibibytes of float32.
let largestCount = 1 << 31

/// The number of elements of a shape; `nil` where an extent is negative or the product exceeds ``largestCount``.
func elementCount(of shape: [Int]) -> Int? {
  if shape.contains(where: { $0 < 0 }) { return nil }
  if shape.contains(0) { return 0 }
  var count = 1
  for extent in shape {
    let (product, overflows) = count.multipliedReportingOverflow(by: extent)
    if overflows || product > largestCount { return nil }
    count = product
  }
  return count
}

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

/// A shape as people write it: `1 × 3 × 224 × 224`.
func spelled(_ shape: [Int]) -> String { shape.isEmpty ? "a scalar" : shape.map(String.init).joined(separator: " × ") }

@_spi(Limn) import Tensors

/// The most elements one value of a network may have: 2³¹, eight gibibytes of float32.
package let largestCount = 1 << 31

/// The number of elements of a shape; `nil` where an extent is negative or the product exceeds ``largestCount``.
package func elementCount(of shape: [Int]) -> Int? {
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

/// A shape as people write it: `1 × 3 × 224 × 224`.
package func spelled(_ shape: [Int]) -> String { Tensors.spelled(shape) }

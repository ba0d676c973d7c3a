/// The sum of neighbouring scalars, in 32 partial sums: faster than one, and more exact.
func sum(_ scalars: UnsafePointer<Float>, _ count: Int) -> Float {
  var (low, high) = (SIMD16<Float>.zero, SIMD16<Float>.zero)
  var i = 0
  while i + 32 <= count {
    low += UnsafeRawPointer(scalars + i).loadUnaligned(as: SIMD16<Float>.self)
    high += UnsafeRawPointer(scalars + i + 16).loadUnaligned(as: SIMD16<Float>.self)
    i += 32
  }
  var total = (low + high).sum()
  while i < count {
    total += scalars[i]
    i += 1
  }
  return total
}

/// The sum of the products of neighbouring scalars, in 16 partial sums.
func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
  var partial = SIMD16<Float>.zero
  var i = 0
  while i + 16 <= count {
    let x = UnsafeRawPointer(a + i).loadUnaligned(as: SIMD16<Float>.self)
    partial += x * UnsafeRawPointer(b + i).loadUnaligned(as: SIMD16<Float>.self)
    i += 16
  }
  var total = partial.sum()
  while i < count {
    total += a[i] * b[i]
    i += 1
  }
  return total
}

import Kernels

/// The shape two arrays broadcast to under NumPy's rules.
///
/// - Throws: ``ShapeError`` where two extents differ and neither is 1.
func broadcast(_ a: [Int], _ b: [Int]) throws -> [Int] {
  let rank = max(a.count, b.count)
  return try (0..<rank).map { d in
    let (i, j) = (d - rank + a.count, d - rank + b.count)
    let (x, y) = (i < 0 ? 1 : a[i], j < 0 ? 1 : b[j])
    guard x == y || x == 1 || y == 1 else { throw ShapeError("\(spelled(a)) and \(spelled(b)) do not broadcast") }
    return x == 1 ? y : x
  }
}

extension NDArray {
  /// A scalar, which broadcasts with everything.
  static func scalar(_ value: Float) -> NDArray { NDArray([value], shape: []) }
}

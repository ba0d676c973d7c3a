import Kernels

/// The shape two arrays broadcast to under NumPy's rules.
///
/// - Throws: ``ShapeError`` where two extents differ and neither is 1.
func broadcast(_ a: [Int], _ b: [Int]) throws -> [Int] {
  guard let shape = broadcastShape(a, b) else { throw ShapeError("\(spelled(a)) and \(spelled(b)) do not broadcast") }
  return shape
}

extension NDArray {
  /// A scalar, which broadcasts with everything.
  static func scalar(_ value: Float) -> NDArray { NDArray([value], shape: []) }
}

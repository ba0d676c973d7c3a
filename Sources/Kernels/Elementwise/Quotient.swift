/// A quotient whose divisor is kept from zero: `x / (y + ε·sign(y))` with `sign(0) = 1`, and zero where even that is zero.
///
/// - Parameters:
///   - x: the dividend.
///   - y: the divisor, of the same shape.
///   - stabilizer: `ε`, not negative.
/// - Returns: The quotients in float32, lying as `y` does.
/// - Throws: Where the shapes differ.
public func quotient(_ x: NDArray, by y: NDArray, stabilizer: Float) throws -> NDArray {
  try require(x.shape == y.shape, "An array of shape \(x.shape) cannot be divided by one of shape \(y.shape).")
  return y.mapped(with: x) { y, x in
    let divisor = y < 0 ? y - stabilizer : y + stabilizer
    return divisor == 0 ? 0 : x / divisor
  }
}

extension NDArray {
  /// Whether a scalar is below zero.
  public var hasNegative: Bool { converted(to: .float32).withScalars { $0.contains { $0 < 0 } } }
}

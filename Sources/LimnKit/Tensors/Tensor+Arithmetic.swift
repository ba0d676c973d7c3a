extension Tensor {
  public func map(_ transform: (Float) -> Float) -> Tensor { Tensor(scalars.map(transform), shape: shape) }

  /// The positive part, `max(0, x)`.
  public func rectified() -> Tensor { map { Swift.max(0, $0) } }

  public static prefix func - (operand: Tensor) -> Tensor { operand.map { -$0 } }

  public static func + (lhs: Tensor, rhs: Tensor) -> Tensor { lhs.zipping(rhs, +) }
  public static func - (lhs: Tensor, rhs: Tensor) -> Tensor { lhs.zipping(rhs, -) }
  public static func * (lhs: Tensor, rhs: Tensor) -> Tensor { lhs.zipping(rhs, *) }
  public static func / (lhs: Tensor, rhs: Tensor) -> Tensor { lhs.zipping(rhs, /) }
  public static func * (lhs: Float, rhs: Tensor) -> Tensor { rhs.map { lhs * $0 } }
  public static func + (lhs: Float, rhs: Tensor) -> Tensor { rhs.map { lhs + $0 } }

  /// Combines two tensors elementwise; a `[channels]` vector spans the spatial extent of a `[channels, …]` tensor,
  /// and a `[height, width]` map every channel of a `[channels, height, width]` tensor.
  private func zipping(_ other: Tensor, _ combine: (Float, Float) -> Float) -> Tensor {
    if shape == other.shape {
      return Tensor(
        Array(unsafeUninitializedCapacity: scalars.count) { result, count in
          for i in scalars.indices { result.initializeElement(at: i, to: combine(scalars[i], other.scalars[i])) }
          count = scalars.count
        }, shape: shape)
    }
    let isLarger = shape.count > other.shape.count
    let (large, small) = isLarger ? (self, other) : (other, self)
    let position = large.alignment(of: small)
    return Tensor(
      large.scalars.indices.map { i in
        let (a, b) = (large.scalars[i], small.scalars[position(i)])
        return isLarger ? combine(a, b) : combine(b, a)
      }, shape: large.shape)
  }

  /// Which scalar of `small` meets scalar `i` of this tensor.
  private func alignment(of small: Tensor) -> (Int) -> Int {
    if small.shape.count == 1, shape.first == small.shape[0] {
      let area = scalars.count / Swift.max(1, shape[0])
      return { $0 / area }
    }
    precondition(Array(shape.suffix(small.shape.count)) == small.shape, "\(shape) and \(small.shape) do not broadcast")
    let count = small.scalars.count
    return { $0 % count }
  }
}

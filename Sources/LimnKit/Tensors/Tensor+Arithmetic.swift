extension Tensor {
  /// Each scalar transformed, in the same shape.
  @inlinable @inline(__always)
  public func map(_ transform: (Float) -> Float) -> Tensor {
    // Through pointers, which the compiler vectorises where it does not for Array's own map, nor for buffers.
    let count = scalars.count
    let transformed = scalars.withUnsafeBufferPointer { scalars in
      [Float](unsafeUninitializedCapacity: count) { result, initialized in
        if let from = scalars.baseAddress, let to = result.baseAddress {
          for i in 0..<count { to[i] = transform(from[i]) }
        }
        initialized = count
      }
    }
    return Tensor(transformed, shape: shape)
  }

  /// The positive part, `max(0, x)`; what is not a number stays so.
  public func rectified() -> Tensor { map { $0 < 0 ? 0 : $0 } }

  /// The size of each scalar without its sign, `|x|`.
  public func magnitudes() -> Tensor { map { abs($0) } }

  public static prefix func - (operand: Tensor) -> Tensor { operand.map { -$0 } }

  public static func + (lhs: Tensor, rhs: Tensor) -> Tensor { lhs.zipping(rhs) { $0 + $1 } }
  public static func - (lhs: Tensor, rhs: Tensor) -> Tensor { lhs.zipping(rhs) { $0 - $1 } }
  public static func * (lhs: Tensor, rhs: Tensor) -> Tensor { lhs.zipping(rhs) { $0 * $1 } }
  public static func / (lhs: Tensor, rhs: Tensor) -> Tensor { lhs.zipping(rhs) { $0 / $1 } }
  public static func * (lhs: Float, rhs: Tensor) -> Tensor { rhs.map { lhs * $0 } }
  public static func + (lhs: Float, rhs: Tensor) -> Tensor { rhs.map { lhs + $0 } }

  /// Adds a multiple of another tensor of the same shape, in place.
  public mutating func add(_ factor: Float, times other: Tensor) {
    precondition(other.shape == shape, "\(other.shape) cannot be added to \(shape)")
    withMutableScalars { sum in
      other.scalars.withUnsafeBufferPointer { other in
        guard let to = sum.baseAddress, let from = other.baseAddress else { return }
        for i in 0..<sum.count { to[i] += factor * from[i] }
      }
    }
  }

  /// Combines two tensors elementwise; a `[channels]` vector spans the spatial extent of a `[channels, …]` tensor,
  /// and a `[height, width]` map every channel of a `[channels, height, width]` tensor.
  @inline(__always)
  private func zipping(_ other: Tensor, _ combine: (Float, Float) -> Float) -> Tensor {
    if shape.count >= other.shape.count {
      return spread(other) { combine($0, $1) }
    }
    return other.spread(self) { combine($1, $0) }
  }

  /// Combines each scalar with the one of `small` that it meets.
  @inline(__always)
  private func spread(_ small: Tensor, _ combine: (Float, Float) -> Float) -> Tensor {
    // One scalar of `small` meets `stretch` neighbours; the whole of it is met `repeats` times over.
    let isPerChannel = small.shape.count == 1 && shape.count > 1 && shape[0] == small.shape[0]
    precondition(
      isPerChannel || Array(shape.suffix(small.shape.count)) == small.shape,
      "\(shape) and \(small.shape) do not broadcast")
    let count = scalars.count, period = small.scalars.count
    let stretch = isPerChannel ? count / Swift.max(1, period) : 1
    let repeats = isPerChannel ? 1 : count / Swift.max(1, period)
    let combined = scalars.withUnsafeBufferPointer { large in
      small.scalars.withUnsafeBufferPointer { small in
        [Float](unsafeUninitializedCapacity: count) { result, initialized in
          if let to = result.baseAddress, let large = large.baseAddress, let small = small.baseAddress {
            if stretch == 1 {
              for start in stride(from: 0, to: repeats * period, by: Swift.max(1, period)) {
                for i in 0..<period { to[start + i] = combine(large[start + i], small[i]) }
              }
            } else {
              for i in 0..<period {
                for j in i * stretch..<(i + 1) * stretch { to[j] = combine(large[j], small[i]) }
              }
            }
          }
          initialized = count
        }
      }
    }
    return Tensor(combined, shape: shape)
  }
}

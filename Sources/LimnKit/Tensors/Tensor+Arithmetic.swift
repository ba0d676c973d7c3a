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
  public func rectified() -> Tensor { map { $0 < 0 ? 0 : $0 }.recorded(.rectify, of: self) }

  /// The size of each scalar without its sign, `|x|`.
  public func magnitudes() -> Tensor { map { abs($0) }.recorded(.magnitude, of: self) }

  public static prefix func - (operand: Tensor) -> Tensor {
    operand.map { -$0 }.recorded(.scale(-1), of: operand)
  }

  public static func + (lhs: Tensor, rhs: Tensor) -> Tensor {
    lhs.zipping(rhs) { $0 + $1 }.recorded(.add, of: lhs, rhs)
  }
  public static func - (lhs: Tensor, rhs: Tensor) -> Tensor {
    lhs.zipping(rhs) { $0 - $1 }.recorded(.subtract, of: lhs, rhs)
  }
  public static func * (lhs: Tensor, rhs: Tensor) -> Tensor {
    lhs.zipping(rhs) { $0 * $1 }.recorded(.multiply, of: lhs, rhs)
  }
  public static func / (lhs: Tensor, rhs: Tensor) -> Tensor {
    lhs.zipping(rhs) { $0 / $1 }.recorded(.divide, of: lhs, rhs)
  }
  public static func * (lhs: Float, rhs: Tensor) -> Tensor {
    rhs.map { lhs * $0 }.recorded(.scale(lhs), of: rhs)
  }
  public static func + (lhs: Float, rhs: Tensor) -> Tensor {
    rhs.map { lhs + $0 }.recorded(.shift(lhs), of: rhs)
  }

  /// Each scalar divided by the one that it meets, zero where that is zero.
  public func dividedOrZero(by divisor: Tensor) -> Tensor {
    zipping(divisor) { $1 == 0 ? 0 : $0 / $1 }.recorded(.divideOrZero, of: self, divisor)
  }

  /// The scalars whose magnitude is greater than `least`, of the same shape, and zero in place of the others.
  public func cleared(within least: Tensor) -> Tensor {
    zipping(least) { abs($0) > $1 ? $0 : 0 }.recorded(.clear, of: self, least)
  }

  /// Adds a multiple of another tensor of the same shape, in place.
  public mutating func add(_ factor: Float, times other: Tensor) {
    precondition(other.shape == shape, "\(other.shape) cannot be added to \(shape)")
    guard record == nil, other.record == nil else {
      self = self + factor * other
      return
    }
    withMutableScalars { sum in
      other.scalars.withUnsafeBufferPointer { other in
        guard let to = sum.baseAddress, let from = other.baseAddress else { return }
        for i in 0..<sum.count { to[i] += factor * from[i] }
      }
    }
  }

  /// The greater of each two scalars; what is not a number stays so.
  public func maximum(with other: Tensor) -> Tensor {
    zipping(other) { $0.isNaN || $0 > $1 ? $0 : $1 }.recorded(.greater, of: self, other)
  }

  /// The scalars, and those of `other` where they are zero.
  public func replacingZeros(by other: Tensor) -> Tensor {
    zipping(other) { $0 == 0 ? $1 : $0 }.recorded(.replaceZeros, of: self, other)
  }

  /// The square root of each scalar.
  public func squareRoots() -> Tensor { map { $0.squareRoot() }.recorded(.squareRoot, of: self) }

  /// The scalars, with zero in place of those that are infinite or no numbers.
  public func finite() -> Tensor { map { $0.isFinite ? $0 : 0 }.recorded(.finite, of: self) }

  /// Combines two tensors elementwise; a tensor without dimensions meets every scalar, a `[channels]` vector spans the
  /// spatial extent of a `[channels, …]` tensor, and a `[height, width]` map every channel of a `[channels, height, width]`
  /// tensor.
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
    let isStretched = isPerChannel || period == 1
    let stretch = isStretched ? count / Swift.max(1, period) : 1
    let repeats = isStretched ? 1 : count / Swift.max(1, period)
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

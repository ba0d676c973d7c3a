extension Tensor {
  /// One channel of `[channels, …]`, in the shape that is left: `[height, width]`.
  public func channel(_ index: Int) -> Tensor {
    let area = scalars.count / Swift.max(1, shape[0])
    return Tensor(Array(scalars[index * area..<(index + 1) * area]), shape: Array(shape.dropFirst()))
      .recorded(.channel(index), of: self)
  }

  /// A copy with one channel of `[channels, …]` set to zero.
  public func removing(channel index: Int) -> Tensor {
    let area = scalars.count / Swift.max(1, shape[0])
    var copy = self
    copy.withMutableScalars { $0[index * area..<(index + 1) * area].update(repeating: 0) }
    return copy
  }

  /// The mean of the squared distances from the channel's mean, for each channel: `[channels]`.
  public func spatialVariance() -> Tensor {
    if record != nil {
      let share = 1 / Float(Swift.max(1, scalars.count / Swift.max(1, shape[0])))
      let distance = self - share * spatialSum()
      return share * (distance * distance).spatialSum()
    }
    let variances = (0..<shape[0]).map { index in
      let (_, deviation) = channel(index).meanAndDeviation()
      return deviation * deviation
    }
    return Tensor(variances, shape: [shape[0]])
  }

  /// Shifted and scaled so that the least scalar is 0 and the greatest 1; all zero where they are equal.
  public func scaledToUnit() -> Tensor {
    if record != nil { return (self - least()).dividedOrZero(by: greatest() - least()) }
    guard let (least, greatest) = extremes, greatest > least else { return map { _ in 0 } }
    // Written out: the compiler does not vectorise a closure that divides by what it has captured.
    let count = scalars.count
    let scaled = scalars.withUnsafeBufferPointer { scalars in
      [Float](unsafeUninitializedCapacity: count) { result, initialized in
        let (low, range) = (least, greatest - least)
        if let from = scalars.baseAddress, let to = result.baseAddress {
          for i in 0..<count { to[i] = (from[i] - low) / range }
        }
        initialized = count
      }
    }
    return Tensor(scaled, shape: shape)
  }

  /// The least and the greatest scalar; those that are not numbers are passed over, unless they come first.
  private var extremes: (least: Float, greatest: Float)? {
    guard let first = scalars.first else { return nil }
    return scalars.withUnsafeBufferPointer { scalars in
      // Sixteen candidates at a time, since the compiler keeps to the order of comparisons of one.
      var (least, greatest) = (SIMD16<Float>(repeating: first), SIMD16<Float>(repeating: first))
      let whole = scalars.count / 16 * 16
      for start in Swift.stride(from: 0, to: whole, by: 16) {
        let next = UnsafeRawPointer(scalars.baseAddress! + start).loadUnaligned(as: SIMD16<Float>.self)
        least.replace(with: next, where: next .< least)
        greatest.replace(with: next, where: next .> greatest)
      }
      var (low, high) = (first, first)
      for lane in 0..<16 {
        if least[lane] < low { low = least[lane] }
        if greatest[lane] > high { high = greatest[lane] }
      }
      for i in whole..<scalars.count {
        if scalars[i] < low { low = scalars[i] }
        if scalars[i] > high { high = scalars[i] }
      }
      return (low, high)
    }
  }

  /// Whether all scalars are equal.
  public var isFlat: Bool { scalars.allSatisfy { $0 == scalars[0] } }
}

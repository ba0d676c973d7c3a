#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Tensor {
  /// The sum of each channel over its spatial extent: `[channels]`.
  public func spatialSum() -> Tensor {
    let area = scalars.count / Swift.max(1, shape[0])
    let sums = scalars.withUnsafeBufferPointer { scalars in
      (0..<shape[0]).map { channel in
        var sum = 0.0
        for i in channel * area..<(channel + 1) * area { sum += Double(scalars[i]) }
        return Float(sum)
      }
    }
    return Tensor(sums, shape: [shape[0]]).recorded(.spatialSum, of: self)
  }

  /// The mean of each channel over its spatial extent: `[channels]`.
  public func spatialMean() -> Tensor { 1 / Float(scalars.count / Swift.max(1, shape[0])) * spatialSum() }

  /// `Σₚ wₚ Aₚ`: the sum of each channel over its places, each multiplied by its weight of `[height, width]`; `[channels]`.
  public func spatialSum(weighedBy weights: Tensor) -> Tensor {
    precondition(weights.shape == Array(shape.dropFirst()), "\(weights.shape) weights for \(shape)")
    let area = weights.scalars.count
    let sums = scalars.withUnsafeBufferPointer { scalars in
      weights.scalars.withUnsafeBufferPointer { weights in
        (0..<shape[0]).map { channel in
          var sum = 0.0
          // What is left out counts nothing even where it is infinite.
          for p in 0..<area where weights[p] != 0 { sum += Double(weights[p]) * Double(scalars[channel * area + p]) }
          return Float(sum)
        }
      }
    }
    return Tensor(sums, shape: [shape[0]]).recorded(.weighedSpatialSum, of: self, weights)
  }

  /// The sum over channels: the extent that is left, `[height, width]`.
  public func channelSum() -> Tensor { channelSum(weighedBy: Tensor(repeating: 1, shape: [shape[0]])) }

  /// `Σₖ wₖ Aₖ`: the sum over channels, each multiplied by its weight of `[channels]`; `[height, width]`.
  public func channelSum(weighedBy weights: Tensor) -> Tensor {
    precondition(weights.shape == [shape[0]], "\(weights.shape) weights for \(shape)")
    let area = scalars.count / Swift.max(1, shape[0])
    var sum = Tensor(repeating: 0, shape: Array(shape.dropFirst()))
    scalars.withUnsafeBufferPointer { scalars in
      sum.withMutableScalars { sum in
        for (k, weight) in weights.scalars.enumerated() where weight != 0 {
          for p in 0..<area { sum[p] += weight * scalars[k * area + p] }
        }
      }
    }
    return sum.recorded(.weighedChannelSum, of: self, weights)
  }

  /// The mean and the standard deviation of all scalars; zero for an empty tensor.
  public func meanAndDeviation() -> (mean: Float, deviation: Float) {
    let count = Double(Swift.max(1, scalars.count))
    let mean = scalars.reduce(0.0) { $0 + Double($1) } / count
    let variance = scalars.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    return (Float(mean), Float(variance.squareRoot()))
  }

  /// The value that `percent` of the scalars do not exceed, interpolated linearly between the nearest two.
  public func percentile(_ percent: Float) -> Float {
    guard !scalars.isEmpty else { return 0 }
    let rank = Double(Swift.min(Swift.max(percent, 0), 100)) / 100 * Double(scalars.count - 1)
    let (lower, upper) = scalars.neighbors(atRank: Int(rank))
    return lower + Float(rank - rank.rounded(.down)) * (upper - lower)
  }

  /// The scalar that would stand at `rank`, from 0, if all were sorted ascending; there must be one.
  public func scalar(atRank rank: Int) -> Float { scalars.neighbors(atRank: rank).0 }

  /// The exponentials of the scalars, scaled to add up to one.
  public func softmax() -> Tensor {
    let peak = scalars.max() ?? 0
    let powers = scalars.map { exp(Double($0) - Double(peak)) }
    let total = powers.reduce(0, +)
    return Tensor(powers.map { Float($0 / total) }, shape: shape).recorded(.softmax, of: self)
  }

  /// The exponential of each scalar, `eˣ`.
  public func exponentials() -> Tensor { map { Float(exp(Double($0))) }.recorded(.exponential, of: self) }

  /// The logistic function of each scalar, `1 / (1 + e⁻ˣ)`.
  public func sigmoid() -> Tensor { map { Float(1 / (1 + exp(-Double($0)))) }.recorded(.sigmoid, of: self) }

  /// The indices of the scalars from the largest to the smallest; equal ones keep their order, NaNs come last.
  public func descendingOrder() -> [Int] {
    // One number for each, a place in the order and then an index, which sort faster than pairs.
    precondition(scalars.count <= UInt32.max, "more scalars than can be counted in 32 bits")
    var keys = scalars.enumerated().map { index, scalar -> UInt64 in
      // Zero of either sign is one number.
      let bits = (scalar.isNaN ? -Float.infinity : scalar + 0).bitPattern
      let ascending = bits >> 31 == 0 ? bits | 1 << 31 : ~bits
      return UInt64(~ascending) << 32 | UInt64(index)
    }
    keys.sort()
    return keys.map { Int($0 & 0xFFFF_FFFF) }
  }
}

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
    return Tensor(
      (0..<shape[0]).map { c in Float(scalars[c * area..<(c + 1) * area].reduce(0.0) { $0 + Double($1) }) },
      shape: [shape[0]])
  }

  /// The mean of each channel over its spatial extent: `[channels]`.
  public func spatialMean() -> Tensor { 1 / Float(scalars.count / shape[0]) * spatialSum() }

  /// The sum over channels: the extent that is left, `[height, width]`.
  public func channelSum() -> Tensor { channelSum(weighedBy: Tensor(repeating: 1, shape: [shape[0]])) }

  /// `Σₖ wₖ Aₖ`: the sum over channels, each multiplied by its weight of `[channels]`; `[height, width]`.
  public func channelSum(weighedBy weights: Tensor) -> Tensor {
    precondition(weights.shape == [shape[0]], "\(weights.shape) weights for \(shape)")
    let area = scalars.count / shape[0]
    var sum = Tensor(repeating: 0, shape: Array(shape.dropFirst()))
    scalars.withUnsafeBufferPointer { scalars in
      sum.scalars.withUnsafeMutableBufferPointer { sum in
        for (k, weight) in weights.scalars.enumerated() where weight != 0 {
          for p in 0..<area { sum[p] += weight * scalars[k * area + p] }
        }
      }
    }
    return sum
  }

  /// The exponentials of the scalars, scaled to add up to one.
  public func softmax() -> Tensor {
    let peak = scalars.max() ?? 0
    let powers = scalars.map { exp(Double($0) - Double(peak)) }
    let total = powers.reduce(0, +)
    return Tensor(powers.map { Float($0 / total) }, shape: shape)
  }

  /// The logistic function of each scalar, `1 / (1 + e⁻ˣ)`.
  public func sigmoid() -> Tensor { map { Float(1 / (1 + exp(-Double($0)))) } }

  /// The indices of the scalars from the largest to the smallest; equal ones keep their order, NaNs come last.
  public func descendingOrder() -> [Int] {
    func key(_ i: Int) -> Float { scalars[i].isNaN ? -.infinity : scalars[i] }
    return scalars.indices.sorted { (key($0), -$0) > (key($1), -$1) }
  }
}

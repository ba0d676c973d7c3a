extension Tensor {
  /// One channel of `[channels, …]`, in the shape that is left: `[height, width]`.
  public func channel(_ index: Int) -> Tensor {
    let area = scalars.count / Swift.max(1, shape[0])
    return Tensor(Array(scalars[index * area..<(index + 1) * area]), shape: Array(shape.dropFirst()))
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
    let variances = (0..<shape[0]).map { index in
      let (_, deviation) = channel(index).meanAndDeviation()
      return deviation * deviation
    }
    return Tensor(variances, shape: [shape[0]])
  }

  /// Shifted and scaled so that the least scalar is 0 and the greatest 1; all zero where they are equal.
  public func scaledToUnit() -> Tensor {
    guard let least = scalars.min(), let greatest = scalars.max(), greatest > least else { return map { _ in 0 } }
    return map { ($0 - least) / (greatest - least) }
  }

  /// Whether all scalars are equal.
  public var isFlat: Bool { scalars.allSatisfy { $0 == scalars[0] } }
}

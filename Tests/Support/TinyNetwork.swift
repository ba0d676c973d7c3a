public import Tensors

extension ChainNetwork {
  /// 1×1 convolution → ReLU → 1×1 convolution → ReLU → global average pooling → linear, four classes.
  ///
  /// With `activation` another function takes the place of both ReLUs.
  public static func tiny(side: Int = 4, activation: (String) -> ChainStep = ChainStep.relu) -> ChainNetwork {
    ChainNetwork(
      input: [3, side, side],
      [
        .convolution("conv1", kernels: .scattered([5, 3, 1, 1], 0.61803), bias: Tensor(repeating: 0, shape: [5])),
        activation("relu1"),
        .convolution("conv2", kernels: .scattered([6, 5, 1, 1], 0.41421), bias: Tensor(repeating: 0, shape: [6])),
        activation("relu2"),
        .globalAveragePool("pool"),
        .linear("logits", weights: .scattered([4, 6], 0.73205), bias: Tensor(repeating: 0, shape: [4])),
      ])
  }
}

extension Tensor {
  /// Numbers in -1..<1 that look scattered, decided by `stride` alone.
  public static func scattered(_ shape: [Int], _ stride: Float) -> Tensor {
    Tensor(
      (0..<shape.reduce(1, *)).map { 2 * ((Float($0 + 1) * stride).truncatingRemainder(dividingBy: 1)) - 1 },
      shape: shape)
  }

  /// Numbers in -1..<1 that climb and start again, with few repeats and none near zero.
  public static func ramp(_ shape: [Int], phase: Float = 0) -> Tensor {
    Tensor(
      (0..<shape.reduce(1, *)).map { (Float($0) * 0.37 + phase + 0.05).truncatingRemainder(dividingBy: 2) - 1 },
      shape: shape)
  }

  /// The largest difference from `other`, infinite where the shapes differ or a difference is not a number.
  public func distance(to other: Tensor) -> Float {
    guard shape == other.shape else { return .infinity }
    return zip(scalars, other.scalars).reduce(0) { greatest, pair in
      let difference = abs(pair.0 - pair.1)
      return difference.isNaN ? .infinity : Swift.max(greatest, difference)
    }
  }
}

import GraphEngine

/// Batch normalisation with the statistics of training, `y = γ·(x − μ)/√(σ² + ε) + β` in each channel.
///
/// Parameters, each `[channels]`: `weight` (γ), `bias` (β), `running_mean` (μ), `running_var` (σ²). PyTorch's
/// `num_batches_tracked` may be among the weights; it plays no part in inference.
public struct BatchNormalization: Block {
  public let name: String?
  public let epsilon: Float

  public init(_ name: String? = nil, epsilon: Float = 1e-5) {
    self.name = name
    self.epsilon = epsilon
  }

  public func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    try network.require(epsilon > 0, "needs a positive epsilon")
    try network.require(input.shape.count >= 2, "normalises channels, and its input has none")
    let shape = [input.shape[1]]
    network.ignore("num_batches_tracked")
    return try network.add(
      GraphEngine.BatchNormalization(epsilon: epsilon),
      [
        input, network.parameter("weight", shape: shape), network.parameter("bias", shape: shape),
        network.parameter("running_mean", shape: shape, isStatistic: true),
        network.parameter("running_var", shape: shape, isStatistic: true),
      ])
  }
}

import GraphEngine
import Kernels

/// Layer normalisation over the last axis, `γ·(x − μ)/√(σ² + ε) + β` (Ba et al., 2016, arXiv:1607.06450).
///
/// Parameters: `weight` (γ) and `bias` (β), as many as the axis is long.
struct LayerNormalization: Block {
  let name: String?
  let epsilon: Float
  /// Whether `β` is there.
  let hasBias: Bool

  init(_ name: String? = nil, epsilon: Float, bias: Bool = true) {
    self.name = name
    self.epsilon = epsilon
    hasBias = bias
  }

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let axis = input.shape.count - 1
    var inputs = [input, try network.parameter("weight", shape: [input.shape[axis]])]
    if hasBias { inputs.append(try network.parameter("bias", shape: [input.shape[axis]])) }
    return try network.add(GraphEngine.LayerNormalization(axis: axis, epsilon: epsilon), inputs)
  }
}

/// Layer normalisation over the channels of each position of a map.
struct ChannelNormalization: Block {
  let name: String?
  let epsilon: Float

  init(_ name: String? = nil, epsilon: Float) {
    self.name = name
    self.epsilon = epsilon
  }

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let moved = try network.add(Transpose(permutation: [0, 2, 3, 1]), [input], as: "moved")
    let parameters = [
      try network.parameter("weight", shape: [input.shape[1]]), try network.parameter("bias", shape: [input.shape[1]]),
    ]
    let normalized = try network.add(
      GraphEngine.LayerNormalization(axis: 3, epsilon: epsilon), [moved] + parameters, as: "normalized")
    return try network.add(Transpose(permutation: [0, 3, 1, 2]), [normalized])
  }
}

/// A fully connected layer applied to each token, `y = W·x + b`, along the last axis.
///
/// Parameters: `weight [outputs, inputs]`, `bias [outputs]`.
struct Projection: Block {
  let name: String?
  let outputs: Int
  let hasBias: Bool

  init(_ name: String? = nil, outputs: Int, bias: Bool = true) {
    self.name = name
    self.outputs = outputs
    hasBias = bias
  }

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let inputs = input.shape[input.shape.count - 1]
    let weight = try network.parameter("weight", shape: [outputs, inputs], isTransposed: true)
    guard hasBias else { return try network.add(MatrixProduct(), [input, weight]) }
    let product = try network.add(MatrixProduct(), [input, weight], as: "matmul")
    return try network.add(Arithmetic(.add), [product, network.parameter("bias", shape: [outputs])])
  }
}

/// A number for each channel that all of a value is multiplied by, along the last axis: LayerScale (Touvron et al., 2021,
/// arXiv:2103.17239).
struct LayerScale: Block {
  let name: String?
  var parameter = "gamma"

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let scale = try network.parameter(parameter, shape: [input.shape[input.shape.count - 1]])
    return try network.add(Arithmetic(.multiply), [input, scale], as: "scaled")
  }
}

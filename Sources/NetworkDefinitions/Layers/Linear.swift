import GraphEngine

/// A fully connected layer, `y = W·x + b`.
///
/// Parameters: `weight [outputs, inputs]`, `bias [outputs]`.
public struct Linear: Block {
  public let name: String?
  public let outputs: Int
  public let hasBias: Bool

  public init(_ name: String? = nil, outputs: Int, bias: Bool = true) {
    self.name = name
    self.outputs = outputs
    hasBias = bias
  }

  public func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    try network.require(outputs > 0, "needs at least one output")
    try network.require(
      input.shape.count == 2,
      "takes one row of features per image, and its input is \(spelled(input.shape)): flatten it")
    var inputs = [input, try network.parameter("weight", shape: [outputs, input.shape[1]])]
    if hasBias { inputs.append(try network.parameter("bias", shape: [outputs])) }
    return try network.add(GraphEngine.Linear(transposesWeights: true), inputs)
  }
}

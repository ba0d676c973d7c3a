import GraphEngine

/// Each image's scalars as one row of features.
public struct Flatten: Block {
  public let name: String?

  public init(_ name: String? = "flatten") { self.name = name }

  public func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    try network.add(Reshape(to: [input.shape[0], input.shape.dropFirst().reduce(1, *)]), [input])
  }
}

/// What training drops and inference keeps: nothing but a place among the layers.
public struct Dropout: Block {
  public let name: String?

  public init(_ name: String? = nil) { self.name = name }

  public func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    input
  }
}

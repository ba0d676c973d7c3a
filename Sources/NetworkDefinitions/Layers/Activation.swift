import GraphEngine
public import Kernels

/// A function applied to each scalar, such as `.silu`.
public struct Activation: Block {
  public let name: String?
  public let function: UnaryFunction

  public init(_ name: String? = nil, _ function: UnaryFunction) {
    self.name = name
    self.function = function
  }

  public func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    try network.add(ElementwiseFunction(function), [input])
  }
}

/// `max(0, x)`.
public struct ReLU: Block {
  public let name: String?

  public init(_ name: String? = nil) { self.name = name }

  public func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    try network.add(ElementwiseFunction(.relu), [input])
  }
}

/// `min(max(0, x), 6)`.
public struct ReLU6: Block {
  public let name: String?

  public init(_ name: String? = nil) { self.name = name }

  public func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    try network.add(ElementwiseFunction(.clip(0, 6)), [input])
  }
}

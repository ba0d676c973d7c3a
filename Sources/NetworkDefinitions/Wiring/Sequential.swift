/// Blocks one after the other, which have their names within this one's: `features.0`.
public struct Sequential: Block {
  public let name: String?
  let blocks: [any Block]

  public init(_ name: String? = nil, @BlockBuilder blocks: () -> [any Block]) {
    self.name = name
    self.blocks = blocks()
  }

  public func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    try network.apply(blocks, to: input)
  }
}

/// Blocks one after the other, for use as a branch: their names are those they would have without it.
public struct Group: Block {
  public let name: String? = ""
  let blocks: [any Block]

  public init(@BlockBuilder blocks: () -> [any Block]) { self.blocks = blocks() }

  public func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    try network.apply(blocks, to: input)
  }
}

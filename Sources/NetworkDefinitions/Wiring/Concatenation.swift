import GraphEngine

/// What several branches make of one value, side by side along the channels; called `cat`.
///
/// Each block of the list is a branch: ``Group`` makes one of several layers.
public struct Concatenation: Block {
  public let name: String? = ""
  let branches: [any Block]

  public init(@BlockBuilder branches: () -> [any Block]) { self.branches = branches() }

  public func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    try network.require(!branches.isEmpty, "joins no branches")
    let ends = try branches.map { try network.apply($0, to: input) }
    return try network.concatenated(ends)
  }
}

extension NetworkBuilder {
  /// Values side by side along the channels; called `cat`.
  public mutating func concatenated(_ values: [Value]) throws -> Value {
    values.count == 1 ? values[0] : try add(GraphEngine.Concatenation(axis: 1), values, as: "cat")
  }
}

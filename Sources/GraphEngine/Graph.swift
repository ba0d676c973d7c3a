public import Kernels

/// A network as a value: named constants, and nodes that compute named values from others.
///
/// A graph is concrete: the shapes of its inputs, the batch included, are known.
public struct Graph: Sendable {
  /// What the network is given, in order.
  public var inputs: [Input]
  /// What it computes, in any order that has no cycle.
  public var nodes: [Node]
  /// Weights and other arrays known beforehand.
  public var constants: [String: NDArray]
  /// The names of the values that a run is for.
  public var outputs: [String]

  /// A network of these parts; ``Plan`` says whether they fit together.
  public init(inputs: [Input], nodes: [Node], constants: [String: NDArray], outputs: [String]) {
    self.inputs = inputs
    self.nodes = nodes
    self.constants = constants
    self.outputs = outputs
  }

  /// A value that the network is given.
  public struct Input: Hashable, Sendable {
    /// Unique in the graph.
    public let name: String
    /// Batch first: `[images, channels, height, width]`.
    public let shape: [Int]

    /// An input of a shape, batch first.
    public init(_ name: String, shape: [Int]) {
      self.name = name
      self.shape = shape
    }
  }
}

/// One operator applied to named values.
public struct Node: Sendable {
  /// The name the file gives the node; may be empty, and need not be unique.
  public let name: String
  /// What is computed.
  public let op: any Operator
  /// The names of the values read, weights included, in the operator's order.
  public let inputs: [String]
  /// The name of the value computed, unique in the graph.
  public let output: String

  /// A node without a name of its own.
  public init(_ op: any Operator, _ inputs: [String], to output: String) { self.init("", op, inputs, to: output) }

  /// A node under the name that a file gives it.
  public init(_ name: String, _ op: any Operator, _ inputs: [String], to output: String) {
    self.name = name
    self.op = op
    self.inputs = inputs
    self.output = output
  }

  /// How errors name the node: its operator, its own name if it has one, and its output.
  public var label: String { name.isEmpty ? "\(op.name) → '\(output)'" : "\(op.name) '\(name)' → '\(output)'" }
}

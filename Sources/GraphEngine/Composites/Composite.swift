public import Kernels

/// Steps that together compute what files have as one layer.
///
/// Importers have graphs and names of their own; what a layer is made of is the same for all of them. A composite is a
/// value: an importer appends its steps in order, and gives the last one the layer's name.
public struct Composite: Sendable {
  /// One step, which may read what those before it computed.
  public struct Step: Sendable {
    /// What is computed.
    public let op: any Operator
    /// What it reads, in the operator's order.
    public let operands: [Operand]
    /// What the step is within the whole, for the name of its value.
    public let part: String
  }

  /// What a step reads.
  public enum Operand: Sendable {
    /// The layer's own input.
    case input
    /// The result of the step with this index.
    case step(Int)
    /// An array known beforehand, and what it is for the name of its value.
    case constant(NDArray, part: String)
  }

  /// In order; the last computes the layer's result.
  public private(set) var steps: [Step] = []

  /// Appends a step that reads the result of the last one, or the input, and then constants.
  mutating func append(_ op: any Operator, _ constants: [(part: String, array: NDArray)] = [], as part: String) {
    let last: Operand = steps.isEmpty ? .input : .step(steps.count - 1)
    steps.append(
      Step(op: op, operands: [last] + constants.map { .constant($0.array, part: $0.part) }, part: part))
  }
}

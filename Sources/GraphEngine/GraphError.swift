public import Kernels

/// Why a graph cannot be planned or run.
public enum GraphError: Error, Hashable {
  /// Nodes that need each other's outputs.
  case cycle([String])
  /// A node reads a value that nothing computes.
  case danglingValue(String, node: String)
  /// Two nodes, inputs or constants carry one name.
  case duplicateValue(String)
  /// No input, constant or node's output carries the name.
  case noSuchValue(String)
  /// A network that computes nothing.
  case noOutputs
  /// The inputs of a node do not fit its operator.
  case shapeMismatch(node: String, inputs: [[Int]], reason: String)
  /// An operator failed while running.
  case failed(node: String, reason: String)
  /// An array of another shape than the value it is given for.
  case wrongInput(name: String, expected: [Int], given: [Int])
  /// A rule asked to pass a cotangent through a step that changes its shape.
  case uncrossable(node: String)
  /// This machine has no fast arithmetic of the precision asked for.
  case unsupportedPrecision(Precision)
}

extension GraphError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .cycle(let nodes): "the network's nodes form a cycle: \(listed(nodes))"
    case .danglingValue(let value, let node): "\(node) reads '\(value)', which nothing in the network computes"
    case .duplicateValue(let value): "the network defines '\(value)' twice"
    case .noSuchValue(let value): "the network has no value '\(value)'"
    case .noOutputs: "the network has no output"
    case .shapeMismatch(let node, let inputs, let reason):
      "\(node) does not fit inputs of \(joined(inputs.map(spelled), by: ", ", within: 200, kind: "more")): \(reason)"
    case .failed(let node, let reason): "\(node) failed: \(reason)"
    case .wrongInput(let name, let expected, let given):
      "the input '\(name)' must be \(spelled(expected)), not \(spelled(given))"
    case .uncrossable(let node): "\(node) changes its cotangent's shape, so a rule cannot pass the cotangent through"
    case .unsupportedPrecision(let precision):
      "this processor has no \(precision.name) arithmetic that oneDNN could use (AVX-512 BF16): compute in float32"
    }
  }
}

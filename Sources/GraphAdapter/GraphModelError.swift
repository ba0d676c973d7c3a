import GraphEngine

/// Why a graph cannot be explained as a network for images.
public enum GraphModelError: Error, Hashable {
  /// The graph has no inputs.
  case noInput
  /// An input of this shape, which is not for one image at a time.
  case notOneImage(String, [Int])
  /// The graph computes no output of this name, but these.
  case noSuchOutput(String, among: [String])
  /// An array of another shape than the input's, both without the batch.
  case wrongInput(expected: [Int], given: [Int])
}

extension GraphModelError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .noInput: "the network has no input for an image"
    case .notOneImage(let name, let shape):
      "the input '\(name)' is \(spelled(shape)); a network for one image at a time is needed"
    case .noSuchOutput(let name, let names):
      "the network has no output '\(name)'; it has \(names.joined(separator: ", "))"
    case .wrongInput(let expected, let given): "the network takes \(spelled(expected)), not \(spelled(given))"
    }
  }
}

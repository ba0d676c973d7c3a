import GraphEngine

/// Why a graph cannot be explained as a network for images.
public enum GraphModelError: Error, Hashable {
  case noInput
  case notOneImage(String, [Int])
  case noSuchOutput(String, among: [String])
  case wrongInput(expected: [Int], given: [Int])
}

extension GraphModelError: CustomStringConvertible {
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

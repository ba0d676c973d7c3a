/// Why a graph cannot be explained as a network for images.
public enum GraphModelError: Error, Hashable {
  case severalInputs([String])
  case notOneImage(String, [Int])
  case noSuchOutput(String, among: [String])
  case notAClassifier(output: String, shape: [Int])
  case wrongInput(expected: [Int], given: [Int])
}

extension GraphModelError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .severalInputs(let names):
      names.isEmpty
        ? "the network has no input for an image"
        : "the network has \(names.count) inputs (\(names.joined(separator: ", "))), and an image fills one: "
          + "fix the others, such as '\(names.last ?? "")', to arrays"
    case .notOneImage(let name, let shape):
      "the input '\(name)' is \(spelled(shape)); a network for one image at a time is needed"
    case .noSuchOutput(let name, let names):
      "the network has no output '\(name)'; it has \(names.joined(separator: ", "))"
    case .notAClassifier(let output, let shape):
      "the output '\(output)' is \(spelled(shape)), neither one score per class nor a map of them over the image: "
        + "choose another output, or save the network up to one"
    case .wrongInput(let expected, let given): "the network takes \(spelled(expected)), not \(spelled(given))"
    }
  }
}

private func spelled(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: " × ") }

import GraphEngine

/// Why a graph cannot be explained as a network for images.
public enum GraphModelError: Error, Hashable {
  /// The graph has no inputs.
  case noInput
  /// An input of this shape, which is not for one image at a time.
  case notOneImage(String, [Int])
  /// The graph computes no output of this name, but these.
  case noSuchOutput(String, among: [String])
  /// A row of an output of this shape, which has no such row of tokens.
  case noSuchRow(Int, of: String, [Int])
  /// An array of another shape than the input's, both without the batch.
  case wrongInput(expected: [Int], given: [Int])
  /// What cannot be written out as a graph, to end a sentence.
  case unwritable(String)
  /// What a method does with numbers that no recording of it holds, to end a sentence.
  case unrecorded(String)
  /// More passes of the network than this, each of which would be written out.
  case tooManyPasses(limit: Int)
}

extension GraphModelError: CustomStringConvertible {
  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .noInput: "the network has no input for an image"
    case .notOneImage(let name, let shape):
      "the input '\(name)' is \(spelled(shape)); a network for one image at a time is needed"
    case .noSuchOutput(let name, let names):
      "the network has no output '\(elided(name, to: 100))'; it has \(listed(names))"
    case .noSuchRow(let row, let name, let shape):
      shape.count == 3
        ? "the output '\(elided(name, to: 100))' is \(spelled(shape)): it has no row \(row) of tokens"
        : "the output '\(elided(name, to: 100))' is \(spelled(shape)), which has no rows of tokens to choose from"
    case .unwritable(let reason), .unrecorded(let reason): "\(reason)"
    case .tooManyPasses(let limit):
      "it takes more than \(limit) passes of the network, and each would be part of the file"
    case .wrongInput(let expected, let given): "the network takes \(spelled(expected)), not \(spelled(given))"
    }
  }
}

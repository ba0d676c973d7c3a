/// Why a server cannot begin, in one sentence with the remedy.
public struct ServingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The sentence, without a full stop.
  public let description: String

  init(_ sentence: String) { description = sentence }
}

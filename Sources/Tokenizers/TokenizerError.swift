/// Why texts cannot be read as a network's tokens, as one sentence without its full stop.
public struct TokenizerError: Error, CustomStringConvertible, Hashable, Sendable {
  public let description: String

  init(_ description: String) { self.description = description }
}

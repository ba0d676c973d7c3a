/// Why a kernel could not run, in one sentence.
public struct KernelError: Error, Hashable, CustomStringConvertible {
  /// The sentence.
  public let description: String

  /// An error told by a sentence of one's own.
  public init(_ description: String) {
    self.description = description
  }
}

/// Throws `message` unless `condition` holds.
func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
  if !condition { throw KernelError(message()) }
}

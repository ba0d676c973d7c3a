/// Why another program does not compute, in a sentence without its full stop.
public struct RuntimeError: Error, Hashable, CustomStringConvertible {
  public let description: String
  /// Whether it is because something is not installed.
  public let isMissing: Bool

  init(_ description: String, isMissing: Bool = false) {
    (self.description, self.isMissing) = (description, isMissing)
  }
}

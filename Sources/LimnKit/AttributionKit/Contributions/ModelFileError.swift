/// Why a network cannot be opened, by whose fault it is, in one sentence with the remedy.
public struct ModelFileError: Error, Hashable, CustomStringConvertible {
  public let fault: Fault
  /// The sentence, without a full stop.
  public let description: String
  /// What to settle otherwise, where that is the remedy.
  public let setting: Setting?

  /// An error told in `sentence`.
  public init(_ fault: Fault, _ sentence: String, about setting: Setting? = nil) {
    self.fault = fault
    description = sentence
    self.setting = setting
  }

  /// Whose fault it is that a network cannot be opened.
  public enum Fault: Hashable, Sendable {
    /// There is no such file.
    case missing
    /// The file is there and may not be read.
    case unreadable
    /// The file is of another kind, cut short, or inconsistent.
    case damaged
    /// The file is sound, and holds what cannot be explained.
    case unsupported
    /// The file is sound, and does not hold what was asked for: an output, an input.
    case absent
    /// The request makes no sense for this network.
    case request
  }
}

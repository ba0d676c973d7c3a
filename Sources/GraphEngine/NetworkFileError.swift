/// What the errors of all readers of network files have in common: they tell whose fault it is.
///
/// Each reads as one sentence that ends with what to do about it.
public protocol NetworkFileError: Error, CustomStringConvertible {
  /// Whose fault it is.
  var fault: NetworkFileFault { get }
}

/// Whose fault it is that a file cannot be read as a network.
public enum NetworkFileFault: Hashable, Sendable {
  /// There is no such file.
  case missing
  /// The file is there and may not be read.
  case unreadable
  /// The file is of another kind, cut short, or inconsistent.
  case damaged
  /// The file is sound, and holds what cannot be computed.
  case unsupported
  /// The file is sound, and does not hold what was asked for.
  case absent
  /// The file is sound, and the size of the images is to be given, or another one.
  case imageSize
  /// There is no network of the name that was given.
  case architecture
}

public import Tensors

/// What a session knows about its input beyond the numbers, how much memory it may use, and whom it keeps informed.
public struct SessionOptions: Sendable {
  /// What the network's input holds for black and for white; `nil` where nobody knows, as for an array.
  public var colors: InputColors?
  /// The most bytes that the batches of perturbing methods may hold at a time, besides the network itself.
  ///
  /// A single image that needs more is run all the same.
  public var memoryLimit: Int
  /// Reads the pictures in a folder as the network takes them, in the order of their names; `nil` where nobody can.
  public var pictures: (@Sendable (_ folder: String) throws -> [Tensor])?
  /// The number of the class that people call so, or an error that says why there is none; `nil` where nobody knows names.
  public var classNamed: (@Sendable (_ name: String) throws -> Int)?
  /// Called between the passes of a method that makes many; what it throws ends the method, and leaves the session as it
  /// was.
  public var progress: (@Sendable (Progress) throws -> Void)?

  public init(
    colors: InputColors? = nil, memoryLimit: Int = SessionOptions.defaultMemoryLimit,
    progress: (@Sendable (Progress) throws -> Void)? = nil,
    pictures: (@Sendable (_ folder: String) throws -> [Tensor])? = nil
  ) {
    self.colors = colors
    self.memoryLimit = memoryLimit
    self.pictures = pictures
    self.progress = progress
  }

  /// One gigabyte.
  public static let defaultMemoryLimit = 1_000_000_000

  /// How far a method has come.
  public struct Progress: Hashable, Sendable {
    public let passes: Int
    public let total: Int

    public init(passes: Int, of total: Int) {
      self.passes = passes
      self.total = total
    }
  }
}

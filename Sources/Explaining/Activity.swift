public import AttributionKit

/// What an explainer is busy with.
public struct Activity: Hashable, Sendable {
  /// The name of the picture.
  public let picture: String
  /// Which of the pictures it is, from 0.
  public let index: Int
  /// How many pictures there are.
  public let count: Int
  /// How far a method has come that makes many passes; `nil` where a picture is begun.
  public let passes: SessionOptions.Progress?
}

/// Hears of what an explainer is busy with, on the thread that called it; what it throws ends the work and is thrown on.
public typealias ProgressHandler = @Sendable (Activity) throws -> Void

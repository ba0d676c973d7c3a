/// What a network may answer: one of its classes, or one of the two sides of its only logit.
public struct Choice: Hashable, Sendable {
  /// The number of the logit.
  public let index: Int
  /// Whether it is the side that the logit speaks against.
  public let isNegative: Bool

  /// A class, or a side.
  public init(index: Int, isNegative: Bool = false) {
    self.index = index
    self.isNegative = isNegative
  }

  /// The side that the only logit speaks for.
  public static let positive = Choice(index: 0)
  /// The side that the only logit speaks against.
  public static let negative = Choice(index: 0, isNegative: true)
}

/// An upright rectangle, in continuous pixels of a network's input: pixel (0, 0) spans 0…1.
public struct Box: Hashable, Sendable, Codable {
  /// The edges.
  public var left: Float, top: Float, right: Float, bottom: Float

  /// The rectangle between these edges.
  public init(left: Float, top: Float, right: Float, bottom: Float) {
    (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
  }

  /// From the left edge to the right; negative where the edges have changed places.
  public var width: Float { right - left }
  /// From the upper edge to the lower; negative where the edges have changed places.
  public var height: Float { bottom - top }
  /// In square pixels; zero where edges have changed places.
  public var area: Float { max(0, width) * max(0, height) }

  /// The area that two boxes share by the area that they cover together, from 0 to 1.
  public func overlap(with other: Box) -> Float {
    let common = Box(
      left: max(left, other.left), top: max(top, other.top), right: min(right, other.right),
      bottom: min(bottom, other.bottom))
    let together = area + other.area - common.area
    return together > 0 ? common.area / together : 0
  }
}

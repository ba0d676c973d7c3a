/// Where the network's input lies on the photograph: the way there and back.
///
/// Points are continuous: pixel (0, 0) spans 0…1 and has its centre at (0.5, 0.5).
public struct ImageGeometry: Hashable, Sendable, Codable {
  /// The extent of the upright photograph in pixels.
  public let originalWidth: Int, originalHeight: Int
  /// The extent to which the whole photograph was resized.
  public let resizedWidth: Int, resizedHeight: Int
  /// Where the network's input begins in the resized photograph; negative where it begins in padding.
  public let left: Int, top: Int
  /// The extent of the network's input.
  public let inputWidth: Int, inputHeight: Int

  /// The part of the photograph that the network saw, in pixels of the original, fractional.
  public var seen: Rectangle {
    let (first, last) = (original(inputX: 0, y: 0), original(inputX: Double(inputWidth), y: Double(inputHeight)))
    return Rectangle(
      left: max(first.x, 0), top: max(first.y, 0), right: min(last.x, Double(originalWidth)),
      bottom: min(last.y, Double(originalHeight)))
  }

  /// How much of the photograph that is, from 0 to 1.
  public var seenShare: Double { seen.width * seen.height / (Double(originalWidth) * Double(originalHeight)) }

  /// The point of the photograph shown at a point of the network's input.
  public func original(inputX x: Double, y: Double) -> (x: Double, y: Double) {
    (
      (x + Double(left)) * Double(originalWidth) / Double(resizedWidth),
      (y + Double(top)) * Double(originalHeight) / Double(resizedHeight)
    )
  }

  /// The point of the network's input that shows a point of the photograph; it may lie outside of the input.
  public func input(originalX x: Double, y: Double) -> (x: Double, y: Double) {
    (
      x * Double(resizedWidth) / Double(originalWidth) - Double(left),
      y * Double(resizedHeight) / Double(originalHeight) - Double(top)
    )
  }
}

/// A part of a picture, in continuous pixel coordinates.
public struct Rectangle: Hashable, Sendable, Codable {
  /// The edges, in pixels from the picture's upper left corner.
  public var left: Double, top: Double, right: Double, bottom: Double

  /// The rectangle between these edges.
  public init(left: Double, top: Double, right: Double, bottom: Double) {
    (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
  }

  /// From the left edge to the right, in pixels.
  public var width: Double { right - left }
  /// From the upper edge to the lower, in pixels.
  public var height: Double { bottom - top }
}

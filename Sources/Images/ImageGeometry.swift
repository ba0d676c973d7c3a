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

  /// The photograph's extent, reduced if need be so that no side exceeds `maxSide` pixels.
  public func displayExtent(maxSide: Int) -> (width: Int, height: Int) {
    let side = max(originalWidth, originalHeight)
    guard side > maxSide else { return (originalWidth, originalHeight) }
    func reduced(_ extent: Int) -> Int { max(1, (extent * maxSide + side / 2) / side) }
    return (reduced(originalWidth), reduced(originalHeight))
  }
}

/// A part of a picture, in continuous pixel coordinates.
public struct Rectangle: Hashable, Sendable, Codable {
  public var left: Double, top: Double, right: Double, bottom: Double

  public init(left: Double, top: Double, right: Double, bottom: Double) {
    (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
  }

  public var width: Double { right - left }
  public var height: Double { bottom - top }
}

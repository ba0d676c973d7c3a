public import AttributionKit
import Images
public import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a detector says of one of its boxes beside where it is: how it is turned, key points, and a mask.
public struct BoxParts: Sendable {
  /// The box as it is turned; `nil` of upright ones.
  public let turned: Turned?
  /// The key points, in the network's order; none where it finds none.
  public let keyPoints: [Point]
  /// Which places belong to the object; `nil` where the network makes no masks.
  public let mask: Mask?

  /// A rectangle that is turned, in pixels of the photograph.
  public struct Turned: Hashable, Sendable, Codable {
    /// The middle.
    public let x: Double, y: Double
    /// The extents before it was turned.
    public let width: Double, height: Double
    /// In degrees, clockwise as the photograph is seen, above -90 and up to 90: a rectangle turned by 180 is the same.
    public let angle: Double
    /// The corners, across and down, each the next one clockwise: `[[x, y], …]`.
    public let corners: [[Double]]
  }

  /// A key point, in pixels of the photograph.
  public struct Point: Hashable, Sendable, Codable {
    /// What it is called, where it has a name.
    public let name: String?
    /// Where it is.
    public let x: Double, y: Double
    /// The probability that it is there to be seen, from 0 to 1; missing where the network does not say.
    public let confidence: Float?
    /// Whether it is more likely to be seen than not, or nothing is known of that.
    public var isLikely: Bool { confidence.map { $0 >= 0.5 } ?? true }
  }

  /// The places of an object.
  public struct Mask: Sendable {
    /// 1 at the places of the object, 0 elsewhere, `[height, width]` of the grid of masks, which covers the network's input.
    public let weights: Tensor
    /// Its area in pixels of the photograph.
    public let area: Double
    /// Whether no place belongs to it.
    public var isEmpty: Bool { area == 0 }
  }
}

extension Detections {
  /// What is said of a detection beside where it is.
  public func parts(of detection: Detection) -> BoxParts {
    BoxParts(turned: detection.turned.map(turned), keyPoints: points(of: detection), mask: mask(of: detection))
  }

  private func original(_ x: Float, _ y: Float) -> (x: Double, y: Double) {
    frame.original(inputX: Double(x), y: Double(y))
  }

  private func turned(_ box: TurnedBox) -> BoxParts.Turned {
    let corners = box.corners.map { original($0.x, $0.y) }, middle = original(box.x, box.y)
    func distance(_ a: Int, _ b: Int) -> Double { hypot(corners[b].x - corners[a].x, corners[b].y - corners[a].y) }
    // Along the upper edge, which as an axis points either way.
    let turn = atan2(corners[1].y - corners[0].y, corners[1].x - corners[0].x) * 180 / .pi
    return BoxParts.Turned(
      x: middle.x, y: middle.y, width: distance(0, 1), height: distance(1, 2),
      angle: turn > 90 ? turn - 180 : turn <= -90 ? turn + 180 : turn, corners: corners.map { [$0.x, $0.y] })
  }

  private func points(of detection: Detection) -> [BoxParts.Point] {
    let names = head.keyPoints?.names ?? []
    return head.keyPoints(of: detection.row, in: outputs).enumerated().map { index, point in
      let place = original(point.x, point.y)
      return BoxParts.Point(
        name: names.indices.contains(index) ? names[index] : nil, x: place.x, y: place.y, confidence: point.confidence)
    }
  }

  private func mask(of detection: Detection) -> BoxParts.Mask? {
    guard let grid = head.masks, let places = head.maskPlaces(of: detection.row, in: outputs) else { return nil }
    var weights = Tensor(repeating: 0, shape: [grid.height, grid.width])
    for place in places { weights[place] = 1 }
    let (first, last) = (original(0, 0), original(grid.across, grid.down))
    return BoxParts.Mask(
      weights: weights, area: Double(places.count) * (last.x - first.x) * (last.y - first.y))
  }
}

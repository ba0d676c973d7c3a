#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A rectangle turned about its middle, in continuous pixels of a network's input.
public struct TurnedBox: Hashable, Sendable {
  /// The middle.
  public var x: Float, y: Float
  /// The extents before it was turned.
  public var width: Float, height: Float
  /// In radians, clockwise as a picture is seen, whose rows run downwards.
  public var angle: Float

  /// A rectangle around a middle, turned by an angle.
  public init(x: Float, y: Float, width: Float, height: Float, angle: Float) {
    (self.x, self.y, self.width, self.height, self.angle) = (x, y, width, height, angle)
  }

  /// The upper left, upper right, lower right and lower left corner of the rectangle before it was turned.
  public var corners: [(x: Float, y: Float)] {
    let (c, s) = (cos(angle), sin(angle))
    return [(-1, -1), (1, -1), (1, 1), (-1, 1)].map { (sides: (Float, Float)) in
      let (u, v) = (sides.0 * width / 2, sides.1 * height / 2)
      return (x + u * c - v * s, y + u * s + v * c)
    }
  }

  /// The upright rectangle around it.
  public var hull: Box {
    let all = corners
    return Box(
      left: all.map(\.x).min() ?? x, top: all.map(\.y).min() ?? y, right: all.map(\.x).max() ?? x,
      bottom: all.map(\.y).max() ?? y)
  }

  /// The area that two boxes share by the area that they cover together, from 0 to 1.
  public func overlap(with other: TurnedBox) -> Float {
    let together = max(0, width) * max(0, height) + max(0, other.width) * max(0, other.height)
    let common = Polygon(corners).clipped(by: Polygon(other.corners)).area
    return together > common ? min(1, common / (together - common)) : 0
  }
}

/// A convex polygon whose inside lies to the right of its edges, as a picture is seen.
private struct Polygon {
  var points: [(x: Float, y: Float)]

  init(_ points: [(x: Float, y: Float)]) { self.points = points }

  /// By the shoelace formula.
  var area: Float {
    guard let first = points.first else { return 0 }
    let next = points.dropFirst() + [first]
    // About a point of its own, so that nothing is lost far from the origin.
    return zip(points, next).reduce(0) { sum, edge in
      let (a, b) = edge
      return sum + ((a.x - first.x) * (b.y - first.y) - (b.x - first.x) * (a.y - first.y)) / 2
    }
  }

  /// What it shares with another: its points within each of the other's edges, one edge after the other
  /// (Sutherland and Hodgman, Communications of the ACM 1974).
  func clipped(by other: Polygon) -> Polygon {
    var points = points
    for (index, a) in other.points.enumerated() {
      let b = other.points[(index + 1) % other.points.count]
      /// How far within the edge a point lies, in units of the edge's length.
      func depth(_ p: (x: Float, y: Float)) -> Float { (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) }
      let before = points
      points = []
      for (place, p) in before.enumerated() {
        let q = before[(place + 1) % before.count], (from, to) = (depth(p), depth(q))
        if from >= 0 { points.append(p) }
        guard (from >= 0) != (to >= 0) else { continue }
        let share = from / (from - to)
        points.append((p.x + share * (q.x - p.x), p.y + share * (q.y - p.y)))
      }
    }
    return Polygon(points)
  }
}

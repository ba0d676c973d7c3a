/// A region of the plane given by its signed distance: negative inside, zero on the boundary, positive outside.
///
/// Distances give everything that the drawings need from one function: smooth edges at any size, outlines, soft
/// shadows, and unions or cuts of simpler shapes. The primitives follow Quilez's catalogue of distance functions.
struct Shape: Sendable {
  let distance: @Sendable (Point) -> Float

  static func circle(_ radius: Float, at center: Point = .zero) -> Shape {
    Shape { ($0 - center).length - radius }
  }

  /// An ellipse by its two radii; the distance is a first-order estimate, exact on the boundary.
  static func ellipse(_ radii: Point, at center: Point = .zero) -> Shape {
    Shape { place in
      let p = place - center
      let k = (p / radii).length
      let gradient = (p / (radii * radii)).length
      return gradient < 1e-4 ? -min(radii.x, radii.y) : k * (k - 1) / gradient
    }
  }

  static func box(_ halfSize: Point, at center: Point = .zero, corner: Float = 0) -> Shape {
    Shape { place in
      let p = place - center
      let q = Point(abs(p.x), abs(p.y)) - halfSize + corner
      return Point(max(q.x, 0), max(q.y, 0)).length + min(max(q.x, q.y), 0) - corner
    }
  }

  /// A line with round ends from `a` to `b`.
  static func line(_ a: Point, _ b: Point, thickness: Float) -> Shape {
    let along = b - a
    let inverse = 1 / max(dot(along, along), 1e-12)
    return Shape { place in
      let p = place - a
      return (p - along * clamp(dot(p, along) * inverse)).length - thickness / 2
    }
  }

  static func ring(_ radius: Float, at center: Point = .zero, thickness: Float) -> Shape {
    Shape { abs(($0 - center).length - radius) - thickness / 2 }
  }

  /// A disc about the origin from which another, `offset` to the right, has bitten.
  static func crescent(_ radius: Float, bite: Float, at offset: Float) -> Shape {
    // The upper horn's tip, where the two circles meet.
    let x = (radius * radius - bite * bite + offset * offset) / (2 * offset)
    let tip = Point(x, max(radius * radius - x * x, 0).squareRoot())
    return Shape { place in
      let p = Point(place.x, abs(place.y))
      let beyondTip = p.x * tip.y - p.y * tip.x > offset * max(tip.y - p.y, 0)
      if beyondTip { return (p - tip).length }
      return max(p.length - radius, bite - (p - Point(offset, 0)).length)
    }
  }

  func union(_ other: Shape) -> Shape { Shape { min(distance($0), other.distance($0)) } }

  func intersection(_ other: Shape) -> Shape { Shape { max(distance($0), other.distance($0)) } }

  func minus(_ other: Shape) -> Shape { Shape { max(distance($0), -other.distance($0)) } }

  /// The shape grown by `radius`, which also rounds its outward corners.
  func grown(_ radius: Float) -> Shape { Shape { distance($0) - radius } }

  func moved(_ x: Float, _ y: Float) -> Shape { Shape { distance($0 - Point(x, y)) } }

  func turned(_ turns: Float) -> Shape {
    let (c, s) = (cosine(turns: turns), sine(turns: turns))
    return Shape { distance(Point(c * $0.x + s * $0.y, c * $0.y - s * $0.x)) }
  }

  /// The shape and its image in the vertical axis; the shape itself must lie on the right.
  var mirrored: Shape { Shape { distance(Point(abs($0.x), $0.y)) } }
}

/// A closed outline of lines and Bézier curves, traced point by point, to be filled as a `Shape`.
struct Outline {
  private(set) var points: [Point]

  /// The number of straight pieces that stand in for one curve.
  private static let pieces = 14

  init(_ x: Float, _ y: Float) { points = [Point(x, y)] }

  func line(_ x: Float, _ y: Float) -> Outline {
    var longer = self
    longer.points.append(Point(x, y))
    return longer
  }

  /// A cubic curve to the last point, drawn towards the two before it.
  func curve(_ x1: Float, _ y1: Float, _ x2: Float, _ y2: Float, _ x: Float, _ y: Float) -> Outline {
    var longer = self
    let (a, b, c, d) = (points[points.count - 1], Point(x1, y1), Point(x2, y2), Point(x, y))
    for piece in 1...Self.pieces {
      let t = Float(piece) / Float(Self.pieces)
      let (ab, bc, cd) = (mix(a, b, t), mix(b, c, t), mix(c, d, t))
      longer.points.append(mix(mix(ab, bc, t), mix(bc, cd, t), t))
    }
    return longer
  }

  /// The outline followed by its own mirror image, back to the start: for what is symmetric about the vertical axis.
  var mirrored: Outline {
    var whole = self
    whole.points += points.reversed().map { Point(-$0.x, $0.y) }
    return whole
  }

  /// The region inside the outline.
  var shape: Shape {
    let corners = points
    let low = corners.reduce(corners[0]) { Point(min($0.x, $1.x), min($0.y, $1.y)) }
    let high = corners.reduce(corners[0]) { Point(max($0.x, $1.x), max($0.y, $1.y)) }
    let box = Shape.box((high - low) / 2, at: (low + high) / 2)
    let edges = zip(corners, corners.dropFirst() + corners.prefix(1)).map(Edge.init)
    return Shape { place in
      // Far away the distance to the bounding box is near enough, and seventy edges cheaper.
      let far = box.distance(place)
      return far > 0.3 ? far : distanceToPolygon(edges, from: place)
    }
  }
}

/// One edge of a polygon, with what the distance to it takes.
private struct Edge {
  let start: Point
  let end: Point
  let vector: Point
  let inverseSquare: Float

  init(from start: Point, to end: Point) {
    self.start = start
    self.end = end
    vector = end - start
    inverseSquare = 1 / max(dot(vector, vector), 1e-12)
  }
}

/// Quilez's signed distance to a polygon: nearest edge, and the sign by counting crossings.
private func distanceToPolygon(_ edges: [Edge], from place: Point) -> Float {
  edges.withUnsafeBufferPointer { edges in
    var nearest = Float.infinity
    var inside = false
    for edge in edges {
      let p = place - edge.start
      let offset = p - edge.vector * clamp(dot(p, edge.vector) * edge.inverseSquare)
      nearest = min(nearest, dot(offset, offset))
      // Both ends are compared with the place itself: rounding must not let a ray slip between two edges.
      if (edge.start.y > place.y) != (edge.end.y > place.y),
        (edge.vector.x * p.y < edge.vector.y * p.x) == (edge.vector.y > 0)
      {
        inside.toggle()
      }
    }
    return inside ? -nearest.squareRoot() : nearest.squareRoot()
  }
}

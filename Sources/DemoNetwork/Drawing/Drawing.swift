/// An object as parts painted one over the other, in coordinates where the object fills the circle of radius one.
struct Drawing: Sendable {
  struct Part: Sendable {
    let shape: Shape
    let color: Color
    let opacity: Float
    /// How strongly the part's edge is darkened into an outline, 0...1.
    let outline: Float
    /// How far inside the edge of the last part that is not a detail itself this detail ends; nil for other parts.
    let inset: Float?
  }

  private(set) var parts: [Part] = []

  mutating func add(_ shape: Shape, _ color: Color, opacity: Float = 1, outline: Float = 1) {
    parts.append(Part(shape: shape, color: color, opacity: opacity, outline: outline, inset: nil))
  }

  /// Paints something on the part that was added last, clipped to the inside of that part.
  mutating func addDetail(
    _ shape: Shape, _ color: Color, opacity: Float = 1, outline: Float = 0.3, inset: Float = 0.04
  ) {
    parts.append(Part(shape: shape, color: color, opacity: opacity, outline: outline, inset: inset))
  }

  /// A patch of light on the part that was added last.
  mutating func addGlint(_ shape: Shape, opacity: Float = 0.45) {
    addDetail(shape, .white, opacity: opacity, outline: 0)
  }

  /// The paint at a place, its opacity, and the distance to the whole object's boundary.
  ///
  /// Light falls from the direction `light`; edges are smoothed over `pixel`, a pixel's width; both in the drawing's
  /// coordinates.
  func paint(at place: Point, light: Point, pixel: Float) -> (color: Color, opacity: Float, distance: Float) {
    var color = Color.zero
    var opacity: Float = 0
    var nearest = Float.infinity
    let shade = clamp(dot(place, light), -1, 1)
    var ground = Float.infinity
    for part in parts {
      let distance: Float
      if let inset = part.inset {
        guard ground + inset < pixel else { continue }
        distance = max(part.shape.distance(place), ground + inset)
      } else {
        distance = part.shape.distance(place)
        ground = distance
        nearest = min(nearest, distance)
      }
      let coverage = clamp(0.5 - distance / pixel) * part.opacity
      guard coverage > 0 else { continue }
      var ink = shade > 0 ? part.color.lighter(shade * 0.28) : part.color.darker(-shade * 0.26)
      // A darker tone of the part's own colour: a broad soft rim for roundness, a narrow one for the line.
      ink = ink.darker(
        part.outline * (0.16 * smoothstep(-0.16, 0, distance) + 0.42 * smoothstep(-0.042, -0.022, distance)))
      color = color * (1 - coverage) + ink * coverage
      opacity = opacity * (1 - coverage) + coverage
    }
    return (opacity > 0 ? color / opacity : color, opacity, nearest)
  }
}

/// Where an object stands in the picture: its centre and radius as shares of the side, its tilt, and its mirroring.
struct Placement: Sendable {
  let center: Point
  let radius: Float
  let turns: Float
  let mirrored: Bool

  /// A place in the picture, in the object's own coordinates.
  func local(_ place: Point) -> Point {
    let p = ((place - center) / radius).turned(by: -turns)
    return mirrored ? Point(-p.x, p.y) : p
  }

  /// Random places for a scene's objects, whose circles lie inside the picture and apart from one another.
  ///
  /// Should the picture be crowded, the objects shrink until they find room.
  static func random(for kinds: [ObjectKind], using random: inout SplitMix64) -> [Placement] {
    var shrink: Float = 1
    while true {
      for _ in 0..<40 {
        var chosen: [Placement] = []
        for kind in kinds {
          let sizes: (Float, Float) = kinds.count == 1 ? (0.24, 0.38) : (0.19, 0.255)
          let radius = random.number(sizes.0, sizes.1) * shrink
          chosen.append(
            Placement(
              center: Point(random.number(radius, 1 - radius), random.number(radius, 1 - radius)), radius: radius,
              turns: random.number(-kind.tilt, kind.tilt), mirrored: random.chance(0.5)))
        }
        if apart(chosen) { return chosen }
      }
      shrink *= 0.9
    }
  }

  private static func apart(_ placements: [Placement]) -> Bool {
    placements.indices.allSatisfy { i in
      placements[..<i].allSatisfy { ($0.center - placements[i].center).length > $0.radius + placements[i].radius }
    }
  }
}

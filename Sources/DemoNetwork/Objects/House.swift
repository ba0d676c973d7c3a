extension Drawing {
  static func house(_ palette: Palette, _ random: inout SplitMix64) -> Drawing {
    let side: Float = random.chance(0.5) ? 1 : -1
    let eaves = random.number(-0.16, -0.02)
    let wall = palette.cream
    var drawing = Drawing()
    drawing.add(.box(Point(0.11, 0.25), at: Point(0.38 * side, -0.58), corner: 0.02), palette.second.darker(0.25))
    drawing.add(.box(Point(0.16, 0.05), at: Point(0.38 * side, -0.82), corner: 0.02), palette.second.darker(0.1))
    drawing.add(.box(Point(0.62, 0.47), at: Point(0, 0.36), corner: 0.03), wall)
    drawing.addDetail(.box(Point(0.15, 0.26), at: Point(-0.3 * side, 0.55), corner: 0.04), palette.accent, outline: 1)
    drawing.addDetail(.circle(0.026, at: Point(-0.22 * side, 0.56)), palette.cream, outline: 0)
    let window = Point(0.27 * side, 0.33)
    drawing.addDetail(.box(Point(0.21, 0.2), at: window, corner: 0.03), palette.cream.darker(0.08), outline: 1)
    for (x, y) in [(-1, -1), (1, -1), (-1, 1), (1, 1)] as [(Float, Float)] {
      drawing.addDetail(
        .box(Point(0.075, 0.07), at: window + Point(0.088 * x, 0.083 * y), corner: 0.01), palette.second.lighter(0.25))
    }
    drawing.add(.box(Point(0.66, 0.06), at: Point(0, 0.8), corner: 0.02), wall.darker(0.3))
    drawing.add(Outline(0, -0.8).line(0.8, eaves).line(-0.8, eaves).shape.grown(0.06), palette.main)
    drawing.addDetail(.circle(0.13, at: Point(0, -0.34)), palette.second.lighter(0.4), outline: 1)
    return drawing
  }
}

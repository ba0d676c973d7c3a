extension Drawing {
  static func umbrella(_ palette: Palette, _ random: inout SplitMix64) -> Drawing {
    let side: Float = random.chance(0.5) ? 1 : -1
    let handle = palette.dark.lighter(0.2)
    var drawing = Drawing()
    drawing.add(
      Shape.line(Point(0, -0.9), Point(0, 0.72), thickness: 0.085)
        .union(
          Shape.ring(0.15, at: Point(0.15 * side, 0.72), thickness: 0.085)
            .intersection(Shape.box(Point(0.3, 0.3), at: Point(0.15 * side, 1.02)))
        )
        .union(.circle(0.05, at: Point(0.3 * side, 0.72))), handle, outline: 0.7)
    let canopy = Outline(0, -0.78)
      .curve(0.52, -0.78, 0.94, -0.38, 0.94, 0.08)
      .curve(0.84, -0.06, 0.64, -0.07, 0.52, 0.06)
      .curve(0.38, -0.06, 0.14, -0.06, 0, 0.08)
      .mirrored.shape
    drawing.add(canopy, palette.main)
    // Every other panel: what lies between two ribs, which meet at the top as halves of ellipses.
    let middle = Shape.ellipse(Point(0.52, 0.84), at: Point(0, 0.06))
    let right = Shape.box(Point(0.5, 1), at: Point(0.5, 0))
    let left = Shape.box(Point(0.5, 1), at: Point(-0.5, 0))
    drawing.addDetail(middle.intersection(right), palette.second, inset: 0.035)
    drawing.addDetail(left.minus(middle), palette.second, inset: 0.035)
    return drawing
  }
}

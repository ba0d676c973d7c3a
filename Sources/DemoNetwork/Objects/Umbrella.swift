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
    let dome = Shape.ellipse(Point(0.94, 0.84), at: Point(0, 0.06))
    var canopy = dome.intersection(.box(Point(1, 0.5), at: Point(0, -0.42)))
    let ribs: [Float] = [-0.94, -0.52, 0, 0.52, 0.94]
    for (left, right) in zip(ribs, ribs.dropFirst()) {
      canopy = canopy.minus(.ellipse(Point((right - left) / 2 - 0.01, 0.14), at: Point((left + right) / 2, 0.09)))
    }
    drawing.add(canopy, palette.main)
    // Every other panel: what lies between two ribs, which meet at the top as ellipses of different widths.
    let inner = canopy.grown(-0.035)
    let middle = Shape.ellipse(Point(0.52, 0.84), at: Point(0, 0.06))
    let right = Shape.box(Point(0.5, 1), at: Point(0.5, 0))
    drawing.add(middle.intersection(right).intersection(inner), palette.second, outline: 0.35)
    drawing.add(
      inner.minus(middle).minus(right), palette.second, outline: 0.35)
    return drawing
  }
}

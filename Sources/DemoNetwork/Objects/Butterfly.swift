extension Drawing {
  static func butterfly(_ palette: Palette, _ random: inout SplitMix64) -> Drawing {
    let spread = random.number(0.92, 1)
    let upper = Outline(0.04, -0.1).curve(0.12, -0.5, 0.5, -0.9, 0.8, -0.78).curve(1.04, -0.66, 0.9, -0.1, 0.62, 0.05)
      .curve(0.4, 0.14, 0.2, 0.1, 0.04, 0.05).shape
    let lower = Outline(0.04, 0.02).curve(0.3, 0, 0.62, 0.06, 0.68, 0.3).curve(0.72, 0.56, 0.56, 0.86, 0.38, 0.82)
      .curve(0.2, 0.76, 0.1, 0.4, 0.04, 0.2).shape
    func wide(_ shape: Shape) -> Shape { Shape { shape.distance(Point(abs($0.x) / spread, $0.y)) } }
    let spot = random.number(0.1, 0.16)
    var drawing = Drawing()
    drawing.add(
      Shape.line(Point(0.02, -0.35), Point(0.2, -0.78), thickness: 0.05).union(.circle(0.055, at: Point(0.21, -0.8)))
        .mirrored, palette.dark, outline: 0)
    drawing.add(wide(lower), palette.second)
    drawing.addDetail(wide(lower.grown(-0.13)), palette.main, opacity: 0.8)
    drawing.addDetail(wide(.circle(spot * 0.75, at: Point(0.44, 0.52))), palette.cream)
    drawing.add(wide(upper), palette.main)
    drawing.addDetail(wide(upper.grown(-0.15)), palette.second, opacity: 0.9)
    drawing.addDetail(wide(.circle(spot, at: Point(0.64, -0.5))), palette.cream)
    drawing.add(.ellipse(Point(0.085, 0.48), at: Point(0, 0.06)), palette.dark)
    drawing.add(.circle(0.11, at: Point(0, -0.4)), palette.dark)
    return drawing
  }
}

extension Drawing {
  static func cup(_ palette: Palette, _ random: inout SplitMix64) -> Drawing {
    let foot = random.number(0.3, 0.44)
    let body = Outline(0, -0.5).line(0.62, -0.5).curve(0.62, 0.1, foot + 0.16, 0.62, foot, 0.66).line(0, 0.68).mirrored
      .shape.moved(-0.14, 0)
    var drawing = Drawing()
    drawing.add(.ellipse(Point(0.8, 0.19), at: Point(-0.14, 0.68)), palette.second)
    drawing.addDetail(.ellipse(Point(0.5, 0.09), at: Point(-0.14, 0.66)), palette.second.darker(0.14), inset: 0)
    drawing.add(.ring(0.27, at: Point(0.5, -0.06), thickness: 0.15), palette.main)
    drawing.add(body, palette.main)
    switch random.integer(below: 3) {
    case 0:
      drawing.addDetail(.box(Point(1, 0.1), at: Point(0, 0.1)), palette.second)
    case 1:
      for x in [-0.42, -0.14, 0.14] as [Float] {
        drawing.addDetail(.circle(0.085, at: Point(x, 0.08)), palette.cream)
      }
    default: break
    }
    drawing.addGlint(.line(Point(-0.58, -0.15), Point(-0.5, 0.25), thickness: 0.08), opacity: 0.4)
    drawing.add(.ellipse(Point(0.63, 0.19), at: Point(-0.14, -0.5)), palette.main.lighter(0.35))
    let drink = Color(lightness: 0.42, chroma: 0.06, hue: random.number(0.08, 0.28))
    drawing.addDetail(.ellipse(Point(0.5, 0.125), at: Point(-0.14, -0.47)), drink, outline: 0.6)
    return drawing
  }
}

extension Drawing {
  static func rocket(_ palette: Palette, _ random: inout SplitMix64) -> Drawing {
    let belly = random.number(0.32, 0.4)
    let fire = Color(lightness: 0.78, chroma: 0.15, hue: random.number(0.12, 0.24))
    let body = Outline(0, -0.97).curve(belly * 0.6, -0.8, belly * 1.15, -0.35, belly, 0.1)
      .curve(belly * 0.95, 0.3, belly * 0.7, 0.5, belly * 0.6, 0.56).line(0, 0.56).mirrored.shape
    var drawing = Drawing()
    drawing.add(Outline(0, 0.5).line(0.22, 0.5).curve(0.26, 0.7, 0.1, 0.84, 0, 0.99).mirrored.shape, fire, outline: 0.5)
    drawing.addDetail(
      Outline(0, 0.5).line(0.11, 0.5).curve(0.13, 0.62, 0.05, 0.72, 0, 0.8).mirrored.shape, fire.lighter(0.6),
      outline: 0, inset: 0.03)
    drawing.add(
      Outline(belly * 0.85, 0.02).curve(0.62, 0.1, 0.72, 0.4, 0.66, 0.74).curve(0.5, 0.56, 0.4, 0.5, belly * 0.5, 0.5)
        .shape.mirrored, palette.main)
    drawing.add(body, palette.cream)
    drawing.addDetail(.box(Point(1, 0.6), at: Point(0, -1.12)), palette.main, outline: 1, inset: 0)
    drawing.addDetail(.circle(0.19, at: Point(0, -0.16)), palette.main, outline: 1)
    drawing.addDetail(.circle(0.125, at: Point(0, -0.16)), palette.second.lighter(0.3), outline: 0.5)
    drawing.addDetail(.box(Point(1, 0.055), at: Point(0, 0.24)), palette.second)
    drawing.add(.line(Point(0, 0.36), Point(0, 0.7), thickness: 0.1), palette.main)
    return drawing
  }
}

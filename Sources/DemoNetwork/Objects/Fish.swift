extension Drawing {
  static func fish(_ palette: Palette, _ random: inout SplitMix64) -> Drawing {
    let fat = random.number(0.42, 0.56)
    let body = Outline(-0.95, 0.04)
      .curve(-0.75, -fat * 1.05, 0.05, -fat * 1.5, 0.55, -0.08)
      .line(0.55, 0.12)
      .curve(0.05, fat * 1.5, -0.75, fat * 1.1, -0.95, 0.04)
      .shape
    var drawing = Drawing()
    drawing.add(
      Outline(0.42, 0.02).curve(0.6, -0.2, 0.75, -0.5, 0.98, -0.52).curve(0.86, -0.2, 0.86, 0.2, 0.98, 0.54)
        .curve(0.75, 0.52, 0.6, 0.22, 0.42, 0.02).shape, palette.second)
    drawing.add(
      Outline(-0.35, -fat * 0.75).curve(-0.2, -fat - 0.35, 0.2, -fat - 0.35, 0.42, -fat * 0.78).line(0.2, -0.1).shape,
      palette.second)
    drawing.add(
      Outline(-0.12, fat * 0.6).curve(-0.05, fat + 0.2, 0.1, fat + 0.3, 0.28, fat + 0.22).line(0.2, 0.1).shape,
      palette.second)
    drawing.add(body, palette.main)
    for stripe in 0..<(1 + random.integer(below: 3)) {
      let x = -0.16 + 0.26 * Float(stripe)
      drawing.addDetail(.ring(0.75, at: Point(x + 0.75, 0.02), thickness: 0.11), palette.second)
    }
    drawing.addDetail(
      Outline(-0.2, 0.1).curve(0, 0.02, 0.16, 0.06, 0.22, 0.16).curve(0.1, 0.3, -0.05, 0.32, -0.2, 0.1).shape,
      palette.second.lighter(0.2), outline: 1)
    drawing.addDetail(.circle(0.145, at: Point(-0.58, -0.08)), palette.cream, outline: 0.6)
    drawing.addDetail(.circle(0.08, at: Point(-0.6, -0.08)), palette.dark, outline: 0)
    drawing.addGlint(.circle(0.03, at: Point(-0.63, -0.12)), opacity: 0.95)
    return drawing
  }
}

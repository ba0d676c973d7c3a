extension Drawing {
  static func sailboat(_ palette: Palette, _ random: inout SplitMix64) -> Drawing {
    let belly = random.number(0.08, 0.22)
    var drawing = Drawing()
    drawing.add(.line(Point(0, -0.9), Point(0, 0.45), thickness: 0.075), palette.dark.lighter(0.25), outline: 0.6)
    drawing.add(Outline(0.03, -0.95).line(0.32, -0.86).line(0.03, -0.76).shape, palette.accent, outline: 0.6)
    let main = Outline(0.07, -0.74).curve(0.4 + belly, -0.4, 0.7 + belly, 0.0, 0.72, 0.3).line(0.07, 0.3).shape
    drawing.add(main, palette.cream)
    if random.chance(0.6) {
      drawing.addDetail(.box(Point(1, 0.09), at: Point(0.4, -0.02)), palette.main)
    }
    drawing.add(
      Outline(-0.07, -0.6).line(-0.07, 0.3).line(-0.66, 0.3).curve(-0.5, 0.05, -0.2 - belly, -0.25, -0.07, -0.6).shape,
      palette.second)
    let hull = Outline(-0.92, 0.42).line(0.96, 0.42).curve(0.86, 0.7, 0.7, 0.86, 0.5, 0.88).line(-0.5, 0.88)
      .curve(-0.75, 0.84, -0.86, 0.66, -0.92, 0.42).shape
    drawing.add(hull, palette.main)
    drawing.addDetail(.box(Point(1, 0.045), at: Point(0, 0.54)), palette.cream, outline: 0, inset: 0.03)
    return drawing
  }
}

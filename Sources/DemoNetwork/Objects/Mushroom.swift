extension Drawing {
  static func mushroom(_ palette: Palette, _ random: inout SplitMix64) -> Drawing {
    let stem = random.number(0.2, 0.29)
    let cap = Outline(0, -0.9)
      .curve(0.55, -0.9, 0.9, -0.5, 0.95, 0.02)
      .curve(0.96, 0.2, 0.6, 0.12, 0, 0.12)
      .mirrored.shape
    let spots: [(Float, Float)] = [
      (0.02, -0.6), (-0.5, -0.33), (0.5, -0.28), (0, -0.14), (-0.78, -0.02), (0.82, 0),
    ]
    var drawing = Drawing()
    drawing.add(
      Outline(0, -0.1).line(stem, -0.1)
        .curve(stem, 0.3, stem + 0.16, 0.6, stem + 0.14, 0.8)
        .curve(stem + 0.1, 0.95, 0.1, 0.95, 0, 0.95)
        .mirrored.shape, palette.cream)
    drawing.add(
      Outline(0, 0.3).curve(0.3, 0.3, 0.62, 0.22, 0.72, 0.08).line(0, 0).mirrored.shape, palette.cream.darker(0.14))
    drawing.add(cap, palette.main)
    for (x, y) in spots {
      let spot = Shape.ellipse(
        Point(random.number(0.11, 0.19), random.number(0.1, 0.15)),
        at: Point(x + random.number(-0.07, 0.07), y + random.number(-0.05, 0.05)))
      drawing.addDetail(spot, palette.cream, inset: 0.05)
    }
    return drawing
  }
}

extension Drawing {
  static func moon(_ palette: Palette, _ random: inout SplitMix64) -> Drawing {
    let gap = random.number(0.48, 0.56)
    let tilt = random.number(-0.1, 0)
    let crescent = Shape.crescent(0.86, bite: 0.66, at: gap).grown(0.05).turned(tilt)
    var drawing = Drawing()
    drawing.add(crescent, palette.main)
    for _ in 0..<5 {
      let center = Point.polar(random.number(0.4, 0.72), turns: random.number(0.53, 0.97) + tilt)
      drawing.addDetail(.circle(random.number(0.06, 0.14), at: center), palette.main.darker(0.16), inset: 0.07)
    }
    drawing.addGlint(Shape.line(.polar(0.72, turns: 0.84 + tilt), .polar(0.72, turns: 0.89 + tilt), thickness: 0.07))
    return drawing
  }
}

extension Drawing {
  static func heart(_ palette: Palette, _ random: inout SplitMix64) -> Drawing {
    let width = random.number(0.88, 0.98)
    func outline(_ k: Float) -> Shape {
      Outline(0, -0.42 * k)
        .curve(0.12 * k, -0.78 * k, 0.5 * width * k, -0.9 * k, 0.76 * width * k, -0.7 * k)
        .curve(1.12 * width * k, -0.42 * k, 1.0 * width * k, 0.12 * k, 0.55 * width * k, 0.48 * k)
        .curve(0.3 * width * k, 0.68 * k, 0.12 * k, 0.8 * k, 0, 0.96 * k)
        .mirrored.shape
    }
    var drawing = Drawing()
    drawing.add(outline(0.97), palette.main)
    if random.chance(0.4) {
      drawing.addDetail(outline(0.66), palette.second, opacity: 0.85, outline: 0.5)
    }
    drawing.addGlint(.line(Point(-0.62, -0.3), Point(-0.45, -0.53), thickness: 0.15), opacity: 0.6)
    return drawing
  }
}

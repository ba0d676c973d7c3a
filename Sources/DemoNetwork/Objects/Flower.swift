extension Drawing {
  static func flower(_ palette: Palette, _ random: inout SplitMix64) -> Drawing {
    let petals = 5 + random.integer(below: 4)
    let heart = Point(0, -0.34)
    let green = Color(lightness: random.number(0.5, 0.66), chroma: 0.11, hue: random.number(0.3, 0.45))
    var drawing = Drawing()
    drawing.add(.line(Point(0, -0.2), Point(0, 0.94), thickness: 0.11), green)
    let leaf = Outline(0, 0.8).curve(0.1, 0.4, 0.4, 0.3, 0.66, 0.32).curve(0.6, 0.62, 0.4, 0.84, 0, 0.82).shape
    drawing.add(leaf, green)
    if random.chance(0.6) { drawing.add(Shape { leaf.distance(Point(-$0.x, $0.y - 0.1)) }, green.darker(0.08)) }
    let width = 0.98 / Float(petals)
    for petal in 0..<petals {
      let blade = Shape.ellipse(Point(width + 0.06, 0.31), at: Point(0, -0.33)).turned(Float(petal) / Float(petals))
      drawing.add(blade.moved(heart.x, heart.y), palette.main)
    }
    drawing.add(.circle(0.2, at: heart), palette.second)
    for seed in 0..<6 {
      drawing.addDetail(
        .circle(0.028, at: heart + .polar(0.105, turns: Float(seed) / 6)), palette.second.darker(0.35), outline: 0)
    }
    return drawing
  }
}

extension Drawing {
  static func star(_ palette: Palette, _ random: inout SplitMix64) -> Drawing {
    let tips = random.pick([5, 5, 6])
    let depth = random.number(0.47, 0.56)
    func outline(_ radius: Float) -> Shape {
      var path: Outline?
      for corner in 0..<(2 * tips) {
        let p = Point.polar(corner % 2 == 0 ? radius : radius * depth, turns: Float(corner) / Float(2 * tips))
        path = path?.line(p.x, p.y) ?? Outline(p.x, p.y)
      }
      return path!.shape
    }
    var drawing = Drawing()
    drawing.add(outline(0.86).grown(0.09), palette.main)
    drawing.addDetail(outline(0.52).grown(0.05), palette.main.lighter(0.4), opacity: 0.75, outline: 0)
    drawing.addGlint(.ellipse(Point(0.05, 0.16), at: Point(0, -0.6)).turned(-0.035))
    return drawing
  }
}

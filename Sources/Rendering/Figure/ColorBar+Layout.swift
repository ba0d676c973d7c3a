extension ComparisonSheet.ColorBar {
  /// Places the bar along the width of `room`, its numbers and note below, and tells how tall all of it is.
  func place(in marks: inout [Mark], room: Area, noteWidth: Double, measure: TextMeasure) -> Double {
    let bar = Area(x: room.x, y: room.y, width: room.width, height: 8)
    marks.append(.frame(bar.inset(by: -1), .hairline))
    marks.append(.scale(colorMap, bar))
    var y = bar.bottom + 3
    let font = SheetMetrics.small
    let labels = numbers
    let width = (room.width / Double(labels.count)).rounded(.down)
    for (i, label) in labels.enumerated() {
      let box = Area(
        x: i == labels.count - 1 ? room.right - width : room.x + Double(i) * width, y: y, width: width,
        height: font.lineHeight)
      let alignment: TextLine.Alignment = i == 0 ? .left : i == labels.count - 1 ? .right : .center
      marks.place(label, in: font, ink: .text, box: box, alignment: alignment, measure: measure)
    }
    y += font.lineHeight
    let line = Area(x: room.x, y: y, width: noteWidth, height: 0)
    y += marks.place(note, in: font, ink: .quiet, box: line, lines: 2, measure: measure)
    return y - room.y
  }

  /// The quantities at the ends, and zero between them where a diverging map is symmetric about it.
  private var numbers: [String] {
    let isSymmetric = colorMap.isDiverging && range.lowerBound == -range.upperBound && range.upperBound > 0
    return [range.lowerBound.compact] + (isSymmetric ? ["0"] : []) + [range.upperBound.compact]
  }
}

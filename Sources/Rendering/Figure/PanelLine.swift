import Images

/// Panels side by side: titles and pictures start at one height.
struct PanelLine {
  let panels: [ComparisonSheet.Panel]
  /// Height over width of the photograph.
  let shape: Double
  let cellWidth: Double
  /// The greatest height of a picture.
  let tallest: Double
  let showsTitles: Bool
  let showsCaptions: Bool

  /// Places the line with its upper left corner at `x`, `y`, and tells how tall it is.
  func place(in marks: inout [Mark], x: Double, y: Double, measure: TextMeasure) -> Double {
    let captions = placeCaptions(in: &marks, x: x, y: y, measure)
    let top = (y + captions + (captions > 0 ? 6 : 0)).rounded(.up)
    var bottom = top
    for (i, panel) in panels.enumerated() {
      let size = pictureSize(of: panel)
      let frame = Area(x: left(of: i, from: x), y: top, width: size.width, height: size.height)
      place(panel, in: frame, &marks, measure)
      bottom = max(bottom, frame.bottom)
      if let bar = panel.colorBar {
        let room = Area(x: frame.x, y: frame.bottom + 7, width: max(size.width, min(cellWidth, 96)), height: 0)
        bottom = max(bottom, room.y + bar.place(in: &marks, room: room, noteWidth: cellWidth, measure: measure))
      }
    }
    return bottom - y
  }

  private func left(of index: Int, from x: Double) -> Double { x + Double(index) * (cellWidth + SheetMetrics.gutter) }

  /// Titles, each with its caption right below; the height is that of the tallest pair.
  private func placeCaptions(in marks: inout [Mark], x: Double, y: Double, _ measure: TextMeasure) -> Double {
    var tallest = 0.0
    for (i, panel) in panels.enumerated() {
      var box = Area(x: left(of: i, from: x), y: y, width: cellWidth, height: 0)
      if showsTitles {
        box.y += marks.place(
          panel.title, in: SheetMetrics.panelTitle, ink: .text, box: box, lines: 2, measure: measure)
      }
      if showsCaptions {
        box.y += marks.place(panel.caption, in: SheetMetrics.small, ink: .quiet, box: box, lines: 2, measure: measure)
      }
      tallest = max(tallest, box.y - y)
    }
    return tallest
  }

  private func pictureSize(of panel: ComparisonSheet.Panel) -> (width: Double, height: Double) {
    var height = min(cellWidth * shape, tallest).rounded()
    let width = max(1, min(cellWidth, (height / shape).rounded()))
    if case .empty = panel.content { height = max(height, SheetMetrics.shortestEmpty) }
    return (width, max(1, height))
  }

  private func place(
    _ panel: ComparisonSheet.Panel, in frame: Area, _ marks: inout [Mark], _ measure: TextMeasure
  ) {
    switch panel.content {
    case .picture(let raster):
      marks.append(.frame(frame.inset(by: -1), .hairline))
      marks.append(.picture(raster, frame))
    case .empty(let status, let hint):
      let room = Area(x: frame.x, y: frame.y, width: max(frame.width, 150), height: frame.height)
      marks.append(.fill(room, .vacant))
      marks.append(.frame(room.inset(by: -1), .hairline))
      placeWords(status, hint, in: room.inset(by: 10), &marks, measure)
    }
    if let badge = panel.badge { place(badge: badge, on: frame, &marks, measure) }
    place(panel.checks, on: frame, &marks, measure)
  }

  /// The status and its hint, as many lines as the panel has room for, centred.
  private func placeWords(
    _ status: String, _ hint: String, in room: Area, _ marks: inout [Mark], _ measure: TextMeasure
  ) {
    let heading = measure.fit(status, in: SheetMetrics.smallBold, width: room.width, lines: 2)
    let gap = 5.0
    let lines = max(1, Int((room.height - heading.height - gap) / SheetMetrics.small.lineHeight))
    let advice = measure.fit(hint, in: SheetMetrics.small, width: room.width, lines: lines, ellipsis: .end)
    var y = (room.y + max(0, room.height - heading.height - gap - advice.height) / 2).rounded()
    for (text, ink) in [(heading, Ink.text), (advice, Ink.quiet)] {
      for line in text.lines {
        let box = Area(x: room.x, y: y, width: room.width, height: text.font.lineHeight)
        marks.append(.text(TextLine(line, in: text.font, ink: ink, box: box, alignment: .center, measure: measure)))
        y += text.font.lineHeight
      }
      y += gap
    }
  }

  /// Letters, each with its sign, in the picture's upper right corner.
  private func place(
    _ checks: [ComparisonSheet.Check], on frame: Area, _ marks: inout [Mark], _ measure: TextMeasure
  ) {
    guard !checks.isEmpty else { return }
    let font = SheetMetrics.smallBold, step = 31.0, height = 19.0, width = Double(checks.count) * step + 5
    // On a picture that is too narrow beside its left edge, on one that is too low above it.
    let pill = Area(
      x: max(frame.x, frame.right - 6 - width), y: frame.height < height + 8 ? frame.y - height - 2 : frame.y + 6,
      width: width, height: height)
    marks.append(.fill(pill, .paper, radius: 4))
    for (index, check) in checks.enumerated() {
      let x = pill.x + 5 + Double(index) * step
      let box = Area(x: x, y: pill.y + 2, width: 12, height: font.lineHeight)
      marks.append(.text(TextLine(check.letter, in: font, ink: .text, box: box, measure: measure)))
      marks += check.sign(at: .init(x + 20.5, pill.y + height / 2))
    }
  }

  /// A small label in the picture's upper left corner.
  private func place(badge: String, on frame: Area, _ marks: inout [Mark], _ measure: TextMeasure) {
    let font = SheetMetrics.smallBold
    let fitted = measure.fit(badge, in: font, width: cellWidth - 26)
    guard let text = fitted.lines.first else { return }
    let width = measure.width(of: text, in: fitted.font).rounded(.up)
    let pill = Area(x: frame.x + 6, y: frame.y + 6, width: width + 14, height: 19)
    marks.append(.fill(pill, .badge, radius: 4))
    let box = Area(x: pill.x + 7, y: pill.y + 2, width: width, height: font.lineHeight)
    marks.append(.text(TextLine(text, in: fitted.font, ink: .badgeText, box: box, measure: measure)))
  }
}

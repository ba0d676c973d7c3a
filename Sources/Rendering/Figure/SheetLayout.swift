import Images

/// Places a comparison sheet's marks from top to bottom.
struct SheetLayout {
  let measure: TextMeasure
  let sheet: ComparisonSheet
  private let columns: Int
  private let cellWidth: Double
  private let tallest: Double
  private var marks: [Mark] = []
  private var y = SheetMetrics.margin

  init(measure: TextMeasure, sheet: ComparisonSheet) {
    (self.measure, self.sheet) = (measure, sheet)
    let panels = sheet.rows.map(\.panels.count).max() ?? 0
    let grid = SheetMetrics.grid(panels: panels, rows: sheet.rows.count)
    columns = grid.columns
    let tallest = (grid.width * SheetMetrics.tallest).rounded()
    // Where every photograph is narrow, so are the columns.
    let widest = sheet.rows.map { tallest / $0.shape }.max() ?? grid.width
    cellWidth = min(grid.width, max(widest.rounded(), SheetMetrics.narrowest))
    self.tallest = tallest
  }

  private var contentWidth: Double { Double(columns) * (cellWidth + SheetMetrics.gutter) - SheetMetrics.gutter }

  mutating func figure() -> Figure {
    placeHeader()
    var above: ComparisonSheet.Row?
    for row in sheet.rows {
      if above != nil { y += SheetMetrics.rowGap }
      place(row, below: above)
      above = row
    }
    placeFooter()
    return Figure(width: contentWidth + 2 * SheetMetrics.margin, height: y + SheetMetrics.margin, marks: marks)
  }

  // MARK: Header and footer

  private mutating func placeHeader() {
    guard !(sheet.title.isEmpty && sheet.subtitle.isEmpty) else { return }
    placeText(sheet.title, in: SheetMetrics.sheetTitle, ink: .text, lines: 2)
    placeText(sheet.subtitle, in: SheetMetrics.sheetSubtitle, ink: .quiet, lines: 2)
    y += 9
    placeRule()
    y += 17
  }

  private mutating func placeFooter() {
    guard sheet.footer.contains(where: { !$0.isEmpty }) else { return }
    y += 20
    placeRule()
    y += 9
    for line in sheet.footer { placeText(line, in: SheetMetrics.small, ink: .quiet, lines: 3) }
    // The last line's own leading is margin enough.
    y -= 6
  }

  private mutating func placeRule() {
    marks.append(.fill(Area(x: SheetMetrics.margin, y: y, width: contentWidth, height: 1), .hairline))
    y += 1
  }

  private mutating func placeText(_ text: String, in font: Font, ink: Ink, lines: Int) {
    let box = Area(x: SheetMetrics.margin, y: y, width: contentWidth, height: 0)
    y += marks.place(text, in: font, ink: ink, box: box, lines: lines, measure: measure)
  }

  // MARK: Rows

  private mutating func place(_ row: ComparisonSheet.Row, below above: ComparisonSheet.Row?) {
    placeCaption(of: row)
    // Under a row with the same methods the column's title need not be said again.
    let isStrip = row.panels.count <= columns && above?.panels.count == row.panels.count
    let showsTitles = !isStrip || above?.panels.map(\.title) != row.panels.map(\.title)
    let showsCaptions = showsTitles || above?.panels.map(\.caption) != row.panels.map(\.caption)
    let shape = row.shape
    for start in stride(from: 0, to: row.panels.count, by: columns) {
      if start > 0 { y += SheetMetrics.lineGap }
      let line = PanelLine(
        panels: Array(row.panels[start..<min(start + columns, row.panels.count)]), shape: shape, cellWidth: cellWidth,
        tallest: tallest, showsTitles: showsTitles, showsCaptions: showsCaptions)
      y += line.place(in: &marks, x: SheetMetrics.margin, y: y, measure: measure)
    }
  }

  /// The row's title with its subtitle beside it, or below where there is no room.
  private mutating func placeCaption(of row: ComparisonSheet.Row) {
    guard !(row.title.isEmpty && row.subtitle.isEmpty) else { return }
    let (large, small) = (SheetMetrics.rowTitle, SheetMetrics.rowSubtitle)
    let gap = 12.0
    let (title, subtitle) = (measure.drawable(row.title), measure.drawable(row.subtitle))
    let titleWidth = measure.width(of: title, in: large)
    let rest = contentWidth - titleWidth - gap
    if !title.isEmpty, !subtitle.isEmpty, measure.width(of: subtitle, in: small) <= rest {
      let box = Area(x: SheetMetrics.margin, y: y, width: titleWidth + 1, height: 0)
      let height = marks.place(title, in: large, ink: .text, box: box, measure: measure)
      let beside = Area(
        x: SheetMetrics.margin + titleWidth + gap, y: y + large.ascent - small.ascent, width: rest, height: 0)
      marks.place(subtitle, in: small, ink: .quiet, box: beside, measure: measure)
      y += height
    } else {
      placeText(title, in: large, ink: .text, lines: 2)
      placeText(subtitle, in: small, ink: .quiet, lines: 2)
    }
    y += 8
  }
}

extension ComparisonSheet.Row {
  /// Height over width of the first picture; empty panels borrow it.
  fileprivate var shape: Double {
    for panel in panels {
      if case .picture(let raster) = panel.content { return Double(raster.height) / Double(raster.width) }
    }
    return 0.75
  }
}

extension [Mark] {
  /// Fits `text` to the width of `box`, places it from the box's top, and tells how tall it is.
  @discardableResult
  mutating func place(
    _ text: String, in font: Font, ink: Ink, box: Area, lines: Int = 1, alignment: TextLine.Alignment = .left,
    measure: TextMeasure
  ) -> Double {
    let fitted = measure.fit(text, in: font, width: box.width, lines: lines)
    var (alignment, width) = (alignment, box.width)
    let runs = fitted.lines.count > 1 && alignment == .left && text.runsRightToLeft
    if runs {
      // The paragraph stays where others begin, and its lines begin at its own right edge.
      alignment = .right
      width = fitted.lines.map { measure.width(of: $0, in: fitted.font) }.max() ?? width
    }
    for (i, line) in fitted.lines.enumerated() {
      let place = Area(
        x: box.x, y: box.y + Double(i) * fitted.font.lineHeight, width: width, height: fitted.font.lineHeight)
      let text = runs ? line.runningRightToLeft : line
      append(.text(TextLine(text, in: fitted.font, ink: ink, box: place, alignment: alignment, measure: measure)))
    }
    return fitted.height
  }
}

/// Places a plot sheet's marks from top to bottom.
package struct PlotLayout {
  let measure: TextMeasure
  let sheet: PlotSheet
  private var marks: [Mark] = []
  private var y = SheetMetrics.margin

  private static let plotWidth = 452.0
  private static let rowHeight = 19.0
  private static let columns = 2

  package init(measure: TextMeasure, sheet: PlotSheet) { (self.measure, self.sheet) = (measure, sheet) }

  private var columns: Int { min(Self.columns, max(1, sheet.plots.count)) }
  private var contentWidth: Double {
    Double(columns) * (Self.plotWidth + SheetMetrics.gutter * 2) - SheetMetrics.gutter * 2
  }
  private var plotHeight: Double { max(Double(sheet.names.count) * Self.rowHeight, 140) }

  /// The finished layout.
  package mutating func figure() -> Figure {
    placeText(sheet.title, in: SheetMetrics.sheetTitle, ink: .text, lines: 2)
    placeText(sheet.subtitle, in: SheetMetrics.sheetSubtitle, ink: .quiet, lines: 2)
    y += 18
    for start in stride(from: 0, to: sheet.plots.count, by: columns) {
      let row = sheet.plots[start..<min(start + columns, sheet.plots.count)]
      let heights = row.enumerated().map { column, plot in
        place(plot, x: SheetMetrics.margin + Double(column) * (Self.plotWidth + SheetMetrics.gutter * 2))
      }
      y += (heights.max() ?? 0) + SheetMetrics.rowGap
    }
    for line in sheet.footer { placeText(line, in: SheetMetrics.small, ink: .quiet, lines: 3) }
    return Figure(width: contentWidth + 2 * SheetMetrics.margin, height: y + SheetMetrics.margin, marks: marks)
  }

  private mutating func placeText(_ text: String, in font: Font, ink: Ink, lines: Int) {
    let box = Area(x: SheetMetrics.margin, y: y, width: contentWidth, height: 0)
    y += marks.place(text, in: font, ink: ink, box: box, lines: lines, measure: measure)
  }

  /// Draws one plot and tells how tall it is.
  private mutating func place(_ plot: PlotSheet.Plot, x: Double) -> Double {
    var top = y
    for (text, font, ink) in [
      (plot.title, SheetMetrics.panelTitle, Ink.text), (plot.caption, SheetMetrics.small, .quiet),
    ] {
      top += marks.place(
        text, in: font, ink: ink, box: Area(x: x, y: top, width: Self.plotWidth, height: 0), measure: measure)
    }
    top += 8
    let room = Area(x: x, y: top, width: Self.plotWidth, height: plotHeight)
    let below =
      switch plot.content {
      case .dots(let dots): placeDots(dots, in: room)
      case .curves(let curves, let xLabel, let yLabel): placeCurves(curves, xLabel, yLabel, in: room)
      }
    return below - y
  }

  // MARK: Dots

  /// A line for each name with its dot, and below them the numbers of the axis; tells where it ends.
  private mutating func placeDots(_ dots: [PlotSheet.Dot?], in room: Area) -> Double {
    let font = SheetMetrics.small, nameWidth = 168.0, valueWidth = 66.0
    let line = Area(
      x: room.x + nameWidth + 10, y: room.y, width: room.width - nameWidth - valueWidth - 22, height: room.height)
    let known = dots.compactMap { $0 }
    let axis = Axis(
      holding: known.flatMap { [$0.value, $0.interval?.lowerBound, $0.interval?.upperBound].compactMap { $0 } })
    placeGrid(axis, along: line, rows: Double(dots.count) * Self.rowHeight)
    for (index, dot) in dots.enumerated() {
      let top = room.y + Double(index) * Self.rowHeight, middle = top + Self.rowHeight / 2
      let text = top + (Self.rowHeight - font.lineHeight) / 2
      let name = Area(x: room.x, y: text, width: nameWidth, height: 0)
      marks.place(
        sheet.names[index], in: font, ink: dot == nil ? .quiet : .text, box: name, alignment: .right, measure: measure)
      let value = Area(x: room.right - valueWidth, y: text, width: valueWidth, height: 0)
      guard let dot else {
        marks.place("undefined", in: font, ink: .quiet, box: value, alignment: .right, measure: measure)
        continue
      }
      let hue = Hue.of(index), center = axis.place(dot.value, from: line.x, to: line.right)
      if let interval = dot.interval {
        let ends = [interval.lowerBound, interval.upperBound].map { axis.place($0, from: line.x, to: line.right) }
        marks.append(.stroke([.init(ends[0], middle), .init(ends[1], middle)], hue, width: 2))
      }
      marks.append(.disc(.init(center, middle), radius: 4, hue))
      marks.place(dot.value.compact, in: font, ink: .text, box: value, alignment: .right, measure: measure)
    }
    return room.y + Double(dots.count) * Self.rowHeight + 6 + font.lineHeight
  }

  /// Hairlines at the round numbers, which stand below them.
  private mutating func placeGrid(_ axis: Axis, along line: Area, rows height: Double) {
    for tick in axis.ticks {
      let x = axis.place(tick, from: line.x, to: line.right)
      marks.append(.fill(Area(x: x.rounded(.down), y: line.y, width: 1, height: height + 3), .hairline))
      let label = Area(x: x - 30, y: line.y + height + 4, width: 60, height: 0)
      marks.place(tick.tick, in: SheetMetrics.small, ink: .quiet, box: label, alignment: .center, measure: measure)
    }
  }

  // MARK: Curves

  private mutating func placeCurves(
    _ curves: [[PlotSheet.Point]], _ xLabel: String, _ yLabel: String, in room: Area
  ) -> Double {
    let font = SheetMetrics.small, legend = 165.0
    let plot = Area(x: room.x + 46, y: room.y, width: room.width - 46 - legend - 14, height: room.height)
    let points = curves.flatMap { $0 }
    let across = Axis(holding: points.map(\.x)), up = Axis(holding: points.map(\.y))
    placeGrid(across, along: plot, rows: plot.height)
    for tick in up.ticks {
      let y = up.place(tick, from: plot.bottom, to: plot.y)
      marks.append(.fill(Area(x: plot.x - 3, y: y.rounded(.down), width: plot.width + 3, height: 1), .hairline))
      let label = Area(x: room.x, y: y - font.lineHeight / 2, width: 40, height: 0)
      marks.place(tick.tick, in: font, ink: .quiet, box: label, alignment: .right, measure: measure)
    }
    for (index, curve) in curves.enumerated() where !curve.isEmpty {
      let line = curve.map {
        PlotSheet.Point(
          across.place($0.x, from: plot.x, to: plot.right), up.place($0.y, from: plot.bottom, to: plot.y))
      }
      marks.append(.stroke(line, Hue.of(index), width: 1.5))
    }
    placeLegend(of: curves, in: Area(x: plot.right + 14, y: room.y, width: legend, height: room.height))
    let below = Area(x: plot.x, y: plot.bottom + 5 + font.lineHeight, width: plot.width, height: 0)
    let height = marks.place(
      "\(xLabel) → \(yLabel)", in: font, ink: .quiet, box: below, lines: 2, alignment: .center, measure: measure)
    return below.y + height + 1
  }

  /// The names beside pieces of their lines.
  private mutating func placeLegend(of curves: [[PlotSheet.Point]], in room: Area) {
    let font = SheetMetrics.small, height = min(Self.rowHeight, room.height / Double(max(1, curves.count)))
    for (index, curve) in curves.enumerated() where !curve.isEmpty {
      let top = room.y + Double(index) * height, middle = top + height / 2
      marks.append(.stroke([.init(room.x, middle), .init(room.x + 16, middle)], Hue.of(index), width: 2))
      let box = Area(x: room.x + 21, y: top + (height - font.lineHeight) / 2, width: room.width - 21, height: 0)
      marks.place(sheet.names[index], in: font, ink: .text, box: box, measure: measure)
    }
  }
}

extension Double {
  /// A round number beside an axis: what adding up steps has left of rounding is no part of it.
  fileprivate var tick: String { (abs(self) < 1e-12 ? 0 : self).compact }
}

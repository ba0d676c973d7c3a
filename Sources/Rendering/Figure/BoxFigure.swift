public import Images

/// A photograph with boxes around what was found in it, each with a line of words.
public struct BoxFigure: Hashable, Sendable {
  /// What lies beneath.
  public var photograph: Raster
  /// The boxes, the most important first; it is drawn over the others.
  public var boxes: [LabelledBox]

  /// A rectangle of the photograph, in its pixels.
  public struct LabelledBox: Hashable, Sendable {
    /// Where it is.
    public var place: Rectangle
    /// What stands above it.
    public var label: String
    /// Boxes of the same number have the same colour.
    public var group: Int

    /// A box with its words.
    public init(_ place: Rectangle, label: String, group: Int) {
      (self.place, self.label, self.group) = (place, label, group)
    }
  }

  /// A photograph with boxes.
  public init(_ photograph: Raster, boxes: [LabelledBox]) { (self.photograph, self.boxes) = (photograph, boxes) }

  /// The longer side of the layout, in which letters and lines have their sizes.
  private static let side = 720.0

  /// The file's bytes: as PNG and JPEG at the photograph's own size, tiny ones enlarged so that words can be read.
  ///
  /// - Throws: ``RenderingError`` where the format cannot hold it.
  public func render(as format: FigureFormat, workers: Workers = .all) throws -> [UInt8] {
    let longest = Double(max(photograph.width, photograph.height))
    let unit = Self.side / longest
    let isRaster = format == .png || format == .jpeg
    let scale = isRaster ? (max(longest, Self.side) / Self.side) : 1
    return try figure(unit: unit).render(as: format, scale: scale, title: "", workers: workers)
  }

  /// Everything in its place, `unit` units of the layout to a pixel of the photograph.
  func figure(unit: Double) throws -> Figure {
    let measure = try TextMeasure(), font = Font(size: 13, isBold: true)
    let area = Area(x: 0, y: 0, width: Double(photograph.width) * unit, height: Double(photograph.height) * unit)
    var marks: [Mark] = [.picture(photograph, area)]
    for box in boxes.reversed() {
      let color = Hue.of(box.group)
      let (left, top) = (box.place.left * unit, box.place.top * unit)
      let (right, bottom) = (box.place.right * unit, box.place.bottom * unit)
      let outline: [PlotSheet.Point] = [
        .init(left, top), .init(right, top), .init(right, bottom), .init(left, bottom), .init(left, top),
      ]
      marks.append(.stroke(outline, Ink.paper.rawValue, width: 5))
      marks.append(.stroke(outline, color, width: 3))
      let fitted = measure.fit(box.label, in: font, width: max(area.width - 8, 20), lines: 1)
      let text = fitted.lines.first ?? "", width = measure.width(of: text, in: fitted.font) + 8
      let height = fitted.font.lineHeight + 2
      let x: Double = min(max(left - 1.5, 0), max(0, area.width - width))
      let above: Double = top - height
      let y: Double = above >= 0 ? above : min(top, max(0, area.height - height))
      let line: [PlotSheet.Point] = [.init(x, y + height / 2), .init(x + width, y + height / 2)]
      marks.append(.stroke(line, color, width: height, isRound: false))
      let room = Area(x: x + 4, y: y + 1, width: width, height: height)
      marks.append(.text(TextLine(text, in: fitted.font, ink: .paper, box: room, measure: measure)))
    }
    return Figure(width: area.width, height: area.height, marks: marks)
  }
}

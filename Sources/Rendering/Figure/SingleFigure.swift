public import Images

/// One picture: bare, as wide as it is, or with a caption and a colour bar.
public struct SingleFigure: Hashable, Sendable {
  public var picture: Raster
  /// Above the picture: the method, and what it explains.
  public var title: String
  public var caption: String
  /// Below the picture.
  public var colorBar: ComparisonSheet.ColorBar?

  public init(
    _ picture: Raster, title: String = "", caption: String = "", colorBar: ComparisonSheet.ColorBar? = nil
  ) {
    (self.picture, self.title, self.caption, self.colorBar) = (picture, title, caption, colorBar)
  }

  /// The file's bytes; the same figure gives the same bytes every time.
  ///
  /// A bare picture keeps every pixel; under a caption it is shown at least 480 units wide.
  /// - Throws: ``RenderingError`` where the format cannot hold it.
  public func render(as format: FigureFormat) throws -> [UInt8] {
    let isBare = title.isEmpty && caption.isEmpty && colorBar == nil
    guard !isBare else {
      if format == .png { return try picture.pngData() }
      let (width, height) = (Double(picture.width), Double(picture.height))
      let whole = Area(x: 0, y: 0, width: width, height: height)
      return try Figure(width: width, height: height, marks: [.picture(picture, whole)])
        .render(as: format, scale: 1, title: "")
    }
    return try captioned().render(
      as: format, scale: max(1, Double(picture.width) / Self.width), title: title)
  }

  private static let width = 480.0

  private func captioned() throws -> Figure {
    let measure = try TextMeasure()
    let margin = 20.0
    var marks: [Mark] = []
    var y = margin
    for (text, font, ink) in [
      (title, SheetMetrics.rowTitle, Ink.text), (caption, SheetMetrics.rowSubtitle, Ink.quiet),
    ] {
      let box = Area(x: margin, y: y, width: Self.width, height: 0)
      y += marks.place(text, in: font, ink: ink, box: box, lines: 2, measure: measure)
    }
    if y > margin { y += 8 }
    let height = max(1, (Self.width * Double(picture.height) / Double(picture.width)).rounded())
    marks.append(.picture(picture, Area(x: margin, y: y, width: Self.width, height: height)))
    y += height
    if let colorBar {
      let room = Area(x: margin, y: y + 8, width: Self.width, height: 0)
      y += 8 + colorBar.place(in: &marks, room: room, noteWidth: Self.width, measure: measure)
    }
    return Figure(width: Self.width + 2 * margin, height: y + margin, marks: marks)
  }
}

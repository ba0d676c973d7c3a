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
    /// The corners of a box that is turned, one after the other; `nil` of upright ones.
    public var corners: [PlotSheet.Point]?
    /// Points of the object, which are dotted.
    public var points: [PlotSheet.Point]

    /// A box with its words.
    public init(
      _ place: Rectangle, label: String, group: Int, corners: [PlotSheet.Point]? = nil, points: [PlotSheet.Point] = []
    ) {
      (self.place, self.label, self.group, self.corners, self.points) = (place, label, group, corners, points)
    }

    /// What is drawn around it.
    var outline: [PlotSheet.Point] {
      let corners =
        corners ?? [
          .init(place.left, place.top), .init(place.right, place.top), .init(place.right, place.bottom),
          .init(place.left, place.bottom),
        ]
      return corners + corners.prefix(1)
    }
  }

  /// A photograph with boxes.
  public init(_ photograph: Raster, boxes: [LabelledBox]) { (self.photograph, self.boxes) = (photograph, boxes) }

  /// Lays a group's colour over the places of an object.
  ///
  /// - Parameters:
  ///   - coverage: at the photograph's size, above a half where the object is.
  ///   - group: the number that its box has.
  public mutating func shade(_ coverage: ProjectedMap, group: Int) {
    let color = Hue.of(group), parts = [color >> 16 & 255, color >> 8 & 255, color & 255]
    for (pixel, value) in coverage.values.enumerated() where value > 0.5 {
      for (sample, own) in parts.enumerated() {
        let place = 3 * pixel + sample
        photograph.samples[place] = UInt8((UInt32(photograph.samples[place]) * 55 + own * 45) / 100)
      }
    }
  }

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
      let outline = box.outline.map { PlotSheet.Point($0.x * unit, $0.y * unit) }
      let left = outline.map(\.x).min() ?? 0
      let top = outline.map(\.y).min() ?? 0
      marks.append(.stroke(outline, Ink.paper.rawValue, width: 5))
      marks.append(.stroke(outline, color, width: 3))
      for point in box.points {
        let place = PlotSheet.Point(point.x * unit, point.y * unit)
        marks += [.disc(place, radius: 4.5, Ink.paper.rawValue), .disc(place, radius: 3.5, color)]
      }
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

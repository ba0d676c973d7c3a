package import Images

/// What a layout places on the paper.
package enum Mark: Sendable {
  case fill(Area, Ink, radius: Double = 0)
  case frame(Area, Ink)
  case picture(Raster, Area)
  case scale(ColorMap, Area)
  case text(TextLine)
  /// A line through points in a colour 0xRRGGBB, its ends round unless said otherwise.
  case stroke([PlotSheet.Point], UInt32, width: Double, isRound: Bool = true)
  /// A filled circle.
  case disc(PlotSheet.Point, radius: Double, UInt32)
}

/// One line of text with the box that it was fitted to.
package struct TextLine: Hashable, Sendable {
  /// Where in its box a line stands.
  package enum Alignment: Sendable { case left, center, right }

  /// What is written, of which nothing is cut any more.
  package var text: String
  /// The letters' size and weight.
  package var font: Font
  var ink: Ink
  /// Where the pen starts.
  package var x: Double
  /// Where the letters stand, from the top of the sheet.
  package var baseline: Double
  /// The room that was given.
  package var box: Area

  init(
    _ text: String, in font: Font, ink: Ink, box: Area, alignment: Alignment = .left, measure: TextMeasure
  ) {
    (self.text, self.font, self.ink, self.box) = (text, font, ink, box)
    let room = alignment == .left ? 0 : box.width - measure.width(of: text, in: font)
    x = box.x + (alignment == .center ? (room / 2).rounded(.down) : room)
    baseline = box.y + font.ascent
  }
}

/// An upright rectangle in units of the layout: pixels of a picture at scale 1.
package struct Area: Hashable, Sendable {
  /// The upper left corner and the extent.
  package var x: Double, y: Double, width: Double, height: Double

  /// The rectangle of this corner and extent.
  package init(x: Double, y: Double, width: Double, height: Double) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }

  /// Where it ends on the right.
  package var right: Double { x + width }
  /// Where it ends below.
  package var bottom: Double { y + height }

  func inset(by distance: Double) -> Area {
    Area(x: x + distance, y: y + distance, width: width - 2 * distance, height: height - 2 * distance)
  }
}

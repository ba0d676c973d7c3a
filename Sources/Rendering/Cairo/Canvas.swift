import CCairo
import Images

/// Where marks are drawn: cairo's drawing context, in units of the layout.
final class Canvas {
  private let handle: OpaquePointer
  private let surface: Surface
  private let typesetter: Typesetter
  /// Photographs already handed to cairo, which embeds one surface only once.
  private var pictures: [Raster: Surface] = [:]
  /// Device pixels per unit; pictures are reduced to what those can show.
  private let resolution: Double

  init(on surface: Surface, scale: Double, resolution: Double) throws {
    self.surface = surface
    self.resolution = resolution
    handle = cairo_create(surface.handle)
    cairo_scale(handle, scale, scale)
    typesetter = Typesetter(on: handle)
  }

  deinit { cairo_destroy(handle) }

  /// Paints all of the surface: an area as large as the layout would cover half of a last, fractional row.
  func cover(with ink: Ink) {
    use(ink)
    cairo_paint(handle)
  }

  func draw(_ marks: [Mark], workers: Workers) throws {
    // Only cairo must draw one thing after the other.
    let reduced = workers.map(marks.count) { [resolution] index -> Raster? in
      guard case .picture(let raster, let rectangle) = marks[index] else { return nil }
      return raster.reduced(toFit: Int((max(rectangle.width, rectangle.height) * resolution).rounded(.up)))
    }
    for (index, mark) in marks.enumerated() {
      switch mark {
      case .fill(let rectangle, let ink, let radius): fill(rectangle, ink, radius: radius)
      case .frame(let rectangle, let ink): frame(rectangle, ink)
      case .picture(let raster, let rectangle): try draw(reduced[index] ?? raster, in: rectangle)
      case .scale(let colorMap, let rectangle): draw(colorMap, in: rectangle)
      case .text(let line): draw(line)
      case .stroke(let points, let color, let width, let isRound): stroke(points, color, width: width, isRound: isRound)
      case .disc(let center, let radius, let color): fillDisc(center, radius, color)
      }
    }
    try Surface.check(cairo_status(handle))
  }

  private func use(_ ink: Ink) { use(ink.rawValue) }

  private func use(_ color: UInt32) {
    cairo_set_source_rgb(
      handle, Double(color >> 16) / 255, Double(color >> 8 & 255) / 255, Double(color & 255) / 255)
  }

  private func stroke(_ points: [PlotSheet.Point], _ color: UInt32, width: Double, isRound: Bool) {
    use(color)
    cairo_set_line_width(handle, width)
    cairo_set_line_cap(handle, isRound ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT)
    cairo_set_line_join(handle, CAIRO_LINE_JOIN_ROUND)
    cairo_new_path(handle)
    for point in points { cairo_line_to(handle, point.x, point.y) }
    cairo_stroke(handle)
    cairo_set_line_cap(handle, CAIRO_LINE_CAP_BUTT)
    cairo_set_line_join(handle, CAIRO_LINE_JOIN_MITER)
  }

  private func fillDisc(_ center: PlotSheet.Point, _ radius: Double, _ color: UInt32) {
    use(color)
    cairo_new_path(handle)
    cairo_arc(handle, center.x, center.y, radius, 0, 2 * Double.pi)
    cairo_fill(handle)
  }

  private func fill(_ rectangle: Area, _ ink: Ink, radius: Double) {
    use(ink)
    outline(rectangle, radius: radius)
    cairo_fill(handle)
  }

  /// A hairline just inside of the edge, so that neighbours never touch.
  private func frame(_ rectangle: Area, _ ink: Ink) {
    use(ink)
    cairo_set_line_width(handle, 1)
    outline(rectangle.inset(by: 0.5), radius: 0)
    cairo_stroke(handle)
  }

  private func outline(_ rectangle: Area, radius: Double) {
    let (left, top, right, bottom) = (rectangle.x, rectangle.y, rectangle.right, rectangle.bottom)
    cairo_new_path(handle)
    guard radius > 0 else { return cairo_rectangle(handle, left, top, rectangle.width, rectangle.height) }
    let quarter = Double.pi / 2
    cairo_arc(handle, right - radius, top + radius, radius, -quarter, 0)
    cairo_arc(handle, right - radius, bottom - radius, radius, 0, quarter)
    cairo_arc(handle, left + radius, bottom - radius, radius, quarter, 2 * quarter)
    cairo_arc(handle, left + radius, top + radius, radius, 2 * quarter, 3 * quarter)
    cairo_close_path(handle)
  }

  private func draw(_ shown: Raster, in rectangle: Area) throws {
    let picture = try pictures[shown] ?? Surface(shown)
    pictures[shown] = picture
    cairo_save(handle)
    defer { cairo_restore(handle) }
    cairo_translate(handle, rectangle.x, rectangle.y)
    cairo_rectangle(handle, 0, 0, rectangle.width, rectangle.height)
    cairo_clip(handle)
    cairo_scale(handle, rectangle.width / Double(shown.width), rectangle.height / Double(shown.height))
    cairo_set_source_surface(handle, picture.handle, 0, 0)
    let pattern = cairo_get_source(handle)
    // Few pixels shown large stay pixels: their edges are the truth about a small input.
    let enlargement = rectangle.width * resolution / Double(shown.width)
    cairo_pattern_set_filter(pattern, enlargement >= 4 ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_BILINEAR)
    cairo_pattern_set_extend(pattern, CAIRO_EXTEND_PAD)
    cairo_paint(handle)
  }

  private func draw(_ colorMap: ColorMap, in rectangle: Area) {
    let gradient = cairo_pattern_create_linear(rectangle.x, 0, rectangle.right, 0)
    defer { cairo_pattern_destroy(gradient) }
    for i in 0...51 {
      let position = Double(i) / 51
      let (red, green, blue) = colorMap[Float(position)]
      cairo_pattern_add_color_stop_rgb(
        gradient, position, Double(red) / 255, Double(green) / 255, Double(blue) / 255)
    }
    cairo_set_source(handle, gradient)
    outline(rectangle, radius: 0)
    cairo_fill(handle)
  }

  private func draw(_ line: TextLine) {
    use(line.ink)
    typesetter.draw(line.text, in: line.font, x: line.x, baseline: line.baseline)
  }
}

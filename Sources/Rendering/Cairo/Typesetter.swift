import CCairo

/// Measures and draws lines of text in one drawing context.
///
/// Latin, Greek, Cyrillic and the like are drawn letter after letter in the sheet's own typeface, as quickly as can be.
/// What needs another font, or whose letters join, reorder or run from right to left, goes through Pango.
final class Typesetter {
  private let context: OpaquePointer
  /// Made for the first line that needs it: to load and start Pango takes longer than to draw most sheets.
  private lazy var pango = PangoContext(on: context)

  /// A typesetter for a drawing context, which must outlive it.
  init(on context: OpaquePointer) {
    self.context = context
    let options = FontOptions()
    cairo_set_font_options(context, options.handle)
  }

  /// From the pen's start to its end or the last letter's overhang, whichever is wider.
  func width(of text: String, in font: Font) -> Double {
    if let line = shaped(text, in: font) { return line.width }
    font.select(in: context)
    var extents = cairo_text_extents_t()
    cairo_text_extents(context, text, &extents)
    return max(extents.x_advance, extents.x_bearing + extents.width)
  }

  /// Draws a line in the color that is set.
  func draw(_ text: String, in font: Font, x: Double, baseline: Double) {
    cairo_move_to(context, x, baseline)
    if let line = shaped(text, in: font) { return line.draw(on: context) }
    font.select(in: context)
    cairo_show_text(context, text)
  }

  /// Whether any letter would show as a box, since no font of this computer has it.
  func lacksLetters(of text: String) -> Bool {
    let font = Font(size: 12)
    guard !text.isWestern, !isCovered(text, by: font) else { return false }
    return shaped(text, in: font)?.lacksLetters ?? true
  }

  /// The line as Pango sets it; `nil` where the sheet's own typeface does.
  private func shaped(_ text: String, in font: Font) -> ShapedLine? {
    guard !text.isWestern, !isCovered(text, by: font), let pango else { return nil }
    return ShapedLine(text, in: font, by: pango)
  }

  /// Whether the sheet's own typeface draws the text letter after letter.
  private func isCovered(_ text: String, by font: Font) -> Bool {
    if text.unicodeScalars.contains(where: \.needsShaping) { return false }
    font.select(in: context)
    var glyphs: UnsafeMutablePointer<cairo_glyph_t>?
    var count: Int32 = 0
    let status = cairo_scaled_font_text_to_glyphs(
      cairo_get_scaled_font(context), 0, 0, text, -1, &glyphs, &count, nil, nil, nil)
    defer { cairo_glyph_free(glyphs) }
    guard status == CAIRO_STATUS_SUCCESS, let glyphs else { return false }
    return UnsafeBufferPointer(start: glyphs, count: Int(count)).allSatisfy { $0.index != 0 }
  }
}

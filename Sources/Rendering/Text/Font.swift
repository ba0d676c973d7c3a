import CCairo

/// A size and weight of the sheet's one typeface.
package struct Font: Hashable, Sendable {
  /// The em in units of the layout.
  package var size: Double
  /// Whether the letters are heavy.
  package var isBold = false

  /// Letters of this size and weight.
  package init(size: Double, isBold: Bool = false) {
    self.size = size
    self.isBold = isBold
  }

  /// From one baseline to the next.
  package var lineHeight: Double { (size * 1.36).rounded(.up) }
  /// From the top of a line to its baseline.
  package var ascent: Double { (size * 1.04).rounded() }

  /// Where the first family lacks a letter of a text, the next ones are tried.
  private static let families = [
    "DejaVu Sans", "sans-serif", "Noto Sans CJK SC", "Noto Sans", "WenQuanYi Micro Hei", "Hiragino Sans",
    "Arial Unicode MS",
  ]

  func select(in context: OpaquePointer, for text: String) {
    cairo_set_font_size(context, size)
    let weight = isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL
    cairo_select_font_face(context, Self.families[0], CAIRO_FONT_SLANT_NORMAL, weight)
    if Self.covers(text, in: context) { return }
    for family in Self.families.dropFirst() {
      cairo_select_font_face(context, family, CAIRO_FONT_SLANT_NORMAL, weight)
      if Self.covers(text, in: context) { return }
    }
    cairo_select_font_face(context, Self.families[0], CAIRO_FONT_SLANT_NORMAL, weight)
  }

  /// Whether no letter of `text` would show as the box for missing glyphs.
  private static func covers(_ text: String, in context: OpaquePointer) -> Bool {
    // The first family is named for covering these; asking cairo costs a pass over the glyphs.
    if text.unicodeScalars.allSatisfy({ $0.value < 0x250 || 0x2010...0x2026 ~= $0.value || $0 == "\u{2212}" }) {
      return true
    }
    var glyphs: UnsafeMutablePointer<cairo_glyph_t>?
    var count: Int32 = 0
    let status = cairo_scaled_font_text_to_glyphs(
      cairo_get_scaled_font(context), 0, 0, text, -1, &glyphs, &count, nil, nil, nil)
    defer { cairo_glyph_free(glyphs) }
    guard status == CAIRO_STATUS_SUCCESS, let glyphs else { return false }
    return UnsafeBufferPointer(start: glyphs, count: Int(count)).allSatisfy { $0.index != 0 }
  }
}

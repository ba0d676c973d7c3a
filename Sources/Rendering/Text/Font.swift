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

  /// What letters are drawn in; those that it lacks are drawn in the font that the system chooses for them.
  static let family = "DejaVu Sans"

  func select(in context: OpaquePointer) {
    cairo_set_font_size(context, size)
    cairo_select_font_face(
      context, Self.family, CAIRO_FONT_SLANT_NORMAL, isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
  }
}

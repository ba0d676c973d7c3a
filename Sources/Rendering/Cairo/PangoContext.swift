import CPango

/// Pango on a drawing context, which must outlive it.
final class PangoContext {
  fileprivate let handle: OpaquePointer

  /// `nil` where Pango is not installed, or no font at all.
  init?(on context: OpaquePointer) {
    let options = FontOptions()
    let created = withExtendedLifetime(options) {
      limn_pango_create(UnsafeMutableRawPointer(context), UnsafeRawPointer(options.handle))
    }
    guard let created else { return nil }
    handle = created
  }

  deinit { limn_pango_destroy(handle) }
}

/// A line of text with every letter's font and form chosen.
final class ShapedLine {
  private let handle: OpaquePointer
  private let context: PangoContext

  /// `nil` where memory is lacking.
  init?(_ text: String, in font: Font, by context: PangoContext) {
    self.context = context
    let isolated = text.isolatingRightToLeft
    // Han letters look different in China, Japan and Korea: the other letters tell, never the user's locale, so that the
    // same sheet gives the same bytes.
    let created = limn_line_create(
      context.handle, isolated, isolated.utf8.count, text.languageOfHan, Font.family, font.isBold, font.size)
    guard let created else { return nil }
    handle = created
  }

  /// From the pen's start to its end or the last letter's overhang, whichever is wider.
  var width: Double { limn_line_width(handle) }

  /// Whether any letter would show as a box, since no font has it.
  var lacksLetters: Bool { limn_line_lacks_letters(handle) }

  /// Draws it from the current point of `canvas`, on the baseline.
  func draw(on canvas: OpaquePointer) { limn_line_draw(handle, UnsafeMutableRawPointer(canvas)) }

  deinit { limn_line_destroy(handle) }
}

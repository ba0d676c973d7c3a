import CCairo
import Dispatch

/// Tells how much room text takes, without drawing it.
package final class TextMeasure {
  private let surface: Surface
  private let context: OpaquePointer
  private let options = FontOptions()

  /// - Throws: ``RenderingError/drawing(_:)`` where the drawing library has no memory.
  package init() throws {
    surface = try Surface(width: 1, height: 1)
    context = cairo_create(surface.handle)
    cairo_set_font_options(context, options.handle)
  }

  deinit { cairo_destroy(context) }

  /// From the pen's start to its end or the last letter's overhang, whichever is wider.
  package func width(of text: String, in font: Font) -> Double {
    font.select(in: context, for: text)
    var extents = cairo_text_extents_t()
    cairo_text_extents(context, text, &extents)
    return max(extents.x_advance, extents.x_bearing + extents.width)
  }
}

extension ComparisonSheet {
  /// Has another thread look up the fonts while other work is under way: the system reads its configuration for the
  /// first letter.
  public static func prepareFonts() {
    DispatchQueue.global(qos: .utility).async {
      guard let measure = try? TextMeasure() else { return }
      for font in [SheetMetrics.small, SheetMetrics.panelTitle] { _ = measure.width(of: "a", in: font) }
    }
  }
}

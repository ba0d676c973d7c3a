import CCairo

/// Smooth, unhinted letters, whose widths are the same at every scale and in every format.
final class FontOptions {
  let handle: OpaquePointer

  init() {
    handle = cairo_font_options_create()
    cairo_font_options_set_antialias(handle, CAIRO_ANTIALIAS_GRAY)
    cairo_font_options_set_hint_style(handle, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(handle, CAIRO_HINT_METRICS_OFF)
  }

  deinit { cairo_font_options_destroy(handle) }
}

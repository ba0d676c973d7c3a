import CCairo
import Images

/// A finished layout: marks on white paper.
package struct Figure: Sendable {
  /// The extent in units of the layout.
  package var width: Double, height: Double
  /// What is drawn, one after the other.
  package var marks: [Mark]

  func render(as format: FigureFormat, scale: Double, title: String, workers: Workers) throws -> [UInt8] {
    switch format {
    case .png: try raster(scale: scale, format: format, workers).pngData(workers: workers)
    case .jpeg: try raster(scale: scale, format: format, workers).jpegData(quality: 92)
    case .pdf: try pdf(title: title, workers)
    case .svg: try svg(workers)
    }
  }

  private func raster(scale: Double, format: FigureFormat, _ workers: Workers) throws -> Raster {
    guard scale > 0, scale.isFinite else { throw RenderingError.unusableScale(scale) }
    let (width, height) = try extent(at: scale, in: format)
    let surface = try Surface(width: width, height: height)
    try draw(on: surface, scale: scale, resolution: scale, workers)
    return surface.raster(width: width, height: height)
  }

  private func pdf(title: String, _ workers: Workers) throws -> [UInt8] {
    // A unit is a pixel of 1/96 inch, a point is 1/72.
    let scale = 0.75
    _ = try extent(at: scale, in: .pdf)
    let sink = ByteSink()
    let page = try Surface.pdf(width: width * scale, height: height * scale, into: sink)
    cairo_pdf_surface_set_metadata(page.handle, CAIRO_PDF_METADATA_TITLE, title)
    // The time of day would make every file differ.
    cairo_pdf_surface_set_metadata(page.handle, CAIRO_PDF_METADATA_CREATE_DATE, "")
    try draw(on: page, scale: scale, resolution: Self.vectorResolution, workers)
    try page.finish()
    return sink.bytes
  }

  private func svg(_ workers: Workers) throws -> [UInt8] {
    _ = try extent(at: 1, in: .svg)
    let sink = ByteSink()
    let drawing = try Surface.svg(width: width, height: height, into: sink)
    try draw(on: drawing, scale: 1, resolution: Self.vectorResolution, workers)
    try drawing.finish()
    return StableIdentifiers.renumbered(sink.bytes)
  }

  /// Pixels per unit that pictures keep in PDF and SVG: about 200 per inch.
  private static let vectorResolution = 2.0

  private func draw(on surface: Surface, scale: Double, resolution: Double, _ workers: Workers) throws {
    let canvas = try Canvas(on: surface, scale: scale, resolution: resolution)
    canvas.cover(with: .paper)
    try canvas.draw(marks, workers: workers)
  }

  /// Whole pixels or points, at least one a side.
  private func extent(at scale: Double, in format: FigureFormat) throws -> (width: Int, height: Int) {
    // What overflows an integer is too large for any format anyway.
    let (width, height) = (min(width * scale, 1e9).rounded(), min(height * scale, 1e9).rounded())
    guard max(width, height) <= Double(format.longestSide) else {
      throw RenderingError.tooLarge(
        width: Int(width), height: Int(height), limit: format.longestSide, format: format)
    }
    return (max(1, Int(width)), max(1, Int(height)))
  }
}

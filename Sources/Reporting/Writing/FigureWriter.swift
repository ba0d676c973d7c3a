public import AttributionKit
public import Explaining
public import Images
public import Rendering

/// Writes pictures: sheets, overlays, captioned figures.
public struct FigureWriter: ReportWriter {
  /// What it writes.
  public let format: FigureFormat

  /// Writes pictures of this format.
  public init(_ format: FigureFormat) { self.format = format }

  /// `png`; of JPEG `jpg` and `jpeg`.
  public var fileExtensions: [String] { format == .jpeg ? ["jpg", "jpeg"] : [format.rawValue] }

  /// What is drawn.
  public var needs: Sheet.Contents { .drawings }

  /// The sheet; as PNG and JPEG with a pixel and a half to each unit, so that small letters stay crisp in print.
  public func data(of sheet: Sheet) throws -> [UInt8] {
    try sheet.figure.render(as: format, scale: format == .png || format == .jpeg ? 1.5 : 1, workers: sheet.workers)
  }

  /// As PNG and JPEG the overlay at the photograph's own size, as PDF and SVG a figure with captions and a colour bar.
  public func data(of entry: Comparison.Entry, in inquiry: Inquiry, style: DrawingStyle) throws -> [UInt8] {
    let attribution = try entry.outcome.get(), workers = inquiry.picture.explainer.workers
    return switch format {
    case .png: try inquiry.overlay(of: attribution, style: style).pngData(workers: workers)
    case .jpeg: try inquiry.overlay(of: attribution, style: style).jpegData()
    case .pdf, .svg: try figure(of: entry, in: inquiry, style: style).render(as: format, workers: workers)
    }
  }

  private func figure(of entry: Comparison.Entry, in inquiry: Inquiry, style: DrawingStyle) throws -> ComparisonSheet {
    let painter = inquiry.surrounded(
      Painter(on: inquiry.picture, style: style, side: ComparisonSheet.usefulSide))
    return inquiry.captioned([try ComparisonSheet.Panel(of: entry, by: painter)])
  }
}

extension Inquiry {
  /// A figure of these panels under the target and the prediction.
  fileprivate func captioned(_ panels: [ComparisonSheet.Panel]) -> ComparisonSheet {
    ComparisonSheet(rows: [ComparisonSheet.Row(title: title, subtitle: predictionLine ?? "", panels: panels)])
  }

  /// What people should know of how a figure's captions are drawn: letters that no font of this computer has.
  public var captionNotes: [Note] {
    (try? captioned([]).missingLetters())?.map { Note($0.description) } ?? []
  }

  /// An attribution in colour over the photograph it explains, at the photograph's own size.
  ///
  /// A map lies over the part of the photograph that the network saw, with the rest paled; pixels are a picture of their
  /// own in its place.
  ///
  /// - Throws: `RenderingError`.
  public func overlay(of attribution: Attribution, style: DrawingStyle = DrawingStyle()) throws -> Raster {
    try surrounded(Painter(on: picture, style: style)).drawn(attribution).raster
  }
}

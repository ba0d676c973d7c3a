public import AttributionKit
public import Explaining
import Foundation
import Images
import Rendering

/// Writes what was explained in one kind of file.
public protocol ReportWriter: Sendable {
  /// The endings of its files, in lower case and without the dot; the usual one first.
  var fileExtensions: [String] { get }

  /// What a sheet's rows must hold for it to be written; nothing where no sheet can be.
  var needs: Sheet.Contents { get }

  /// The bytes of a file that holds a whole sheet.
  ///
  /// - Throws: ``ExplainingError``, or an error of drawing, where the file cannot hold it.
  func data(of sheet: Sheet) throws -> [UInt8]

  /// The bytes of a file that holds one attribution.
  ///
  /// - Parameters:
  ///   - entry: what a method made of `inquiry`.
  ///   - inquiry: the picture and the target.
  ///   - style: how it is drawn.
  /// - Returns: The bytes of a whole file.
  /// - Throws: Why the method has no attribution, or an error of drawing.
  func data(of entry: Comparison.Entry, in inquiry: Inquiry, style: DrawingStyle) throws -> [UInt8]
}

extension ReportWriter {
  /// Whether a sheet can be written.
  public var takesSheets: Bool { !needs.isEmpty }
}

/// The kinds of files that can be written.
public enum ReportWriters {
  /// In the order people are told of them; a further kind is a writer and its line here.
  public static let all: [any ReportWriter] = [
    FigureWriter(.png), FigureWriter(.jpeg), FigureWriter(.pdf), FigureWriter(.svg), ArrayWriter(),
    ArchiveWriter(), JSONWriter(), PageWriter(), VolumeWriter(isCompressed: true),
    VolumeWriter(isCompressed: false), AnimationWriter(),
  ]

  /// The writer of files with this name's ending.
  ///
  /// - Throws: ``ExplainingError`` with the endings there are.
  public static func writer(
    for path: String, among writers: [any ReportWriter] = all
  ) throws(ExplainingError) -> any ReportWriter {
    let name = URL(fileURLWithPath: path).lastPathComponent.lowercased()
    guard let writer = writers.first(where: { $0.fileExtensions.contains { name.hasSuffix("." + $0) } }) else {
      let endings = writers.compactMap(\.fileExtensions.first)
      throw ExplainingError(
        .usage,
        "'\(path)' has no extension that tells what to write: \(endings.dropLast().joined(separator: ", ")) or "
          + (endings.last ?? ""))
    }
    return writer
  }
}

extension Sheet {
  /// Writes the sheet to a file whose ending says as what: `.png`, `.jpg`, `.pdf` and `.svg` for the drawing, `.html`
  /// for a page to operate, `.json` for the reports, `.npz` for the signed values.
  ///
  /// - Throws: ``ExplainingError`` where that is not possible; a file of that name is then as it was.
  public func write(to path: String, among writers: [any ReportWriter] = ReportWriters.all) throws(ExplainingError) {
    let writer = try ReportWriters.writer(for: path, among: writers)
    do { try AtomicFile.write(writer.data(of: self), to: path) } catch { throw ExplainingError(error) }
  }
}

extension Explained {
  /// Writes one method's attribution to a file whose ending says as what: `.png` and `.jpg` for the overlay at the
  /// photograph's own size, `.pdf` and `.svg` for a captioned figure, `.html` for a page to operate, `.npy` for the
  /// signed values, `.json` for the report.
  ///
  /// - Parameters:
  ///   - index: which of ``entries``.
  ///   - path: the file, which is replaced.
  ///   - style: how it is drawn.
  ///   - writers: the kinds of files there are.
  /// - Throws: ``ExplainingError`` where the method has no attribution, or it cannot be written; a file of that name is
  ///   then as it was.
  public func write(
    _ index: Int = 0, to path: String, style: DrawingStyle = DrawingStyle(),
    among writers: [any ReportWriter] = ReportWriters.all
  ) throws(ExplainingError) {
    let writer = try ReportWriters.writer(for: path, among: writers)
    guard entries.indices.contains(index) else {
      throw ExplainingError(.usage, "there is no entry \(index) among the \(entries.count) methods")
    }
    do { try AtomicFile.write(writer.data(of: entries[index], in: inquiry, style: style), to: path) } catch {
      throw ExplainingError(error)
    }
  }
}

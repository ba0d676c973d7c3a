public import AttributionKit
public import Explaining

/// Writes pages that people operate: one HTML file with everything inside, which shows the signed values in any colors.
public struct PageWriter: ReportWriter {
  /// The command that makes the page again, which it tells.
  public let command: String?

  /// Writes pages.
  public init(command: String? = nil) { self.command = command }

  /// `html`.
  public var fileExtensions: [String] { ["html", "htm"] }

  /// The values with their photographs.
  public var needs: Sheet.Contents { .page }

  /// A page of all rows.
  public func data(of sheet: Sheet) throws -> [UInt8] { try PageFile.data(of: Page(of: sheet, command: command)) }

  /// A page of one panel.
  public func data(of entry: Comparison.Entry, in inquiry: Inquiry, style: DrawingStyle) throws -> [UInt8] {
    _ = try entry.outcome.get()
    return try data(
      of: Sheet(of: [Explained(inquiry: inquiry, entries: [entry])], style: style, contents: .page))
  }
}

public import AttributionKit
public import Explaining
import Foundation

/// Writes reports as JSON.
public struct JSONWriter: ReportWriter {
  /// Writes reports.
  public init() {}

  /// `json`.
  public var fileExtensions: [String] { ["json"] }

  /// The numbers.
  public var needs: Sheet.Contents { .reports }

  /// A list of reports, one per picture, target and method, in that order.
  public func data(of sheet: Sheet) throws -> [UInt8] { Array(try ReportJSON.encode(sheet.reports)) }

  /// The report.
  public func data(of entry: Comparison.Entry, in inquiry: Inquiry, style: DrawingStyle) throws -> [UInt8] {
    _ = try entry.outcome.get()
    return Array(try ReportJSON.encode(Report(entry, of: inquiry, regionsAbove: style.regionsAbove)))
  }
}

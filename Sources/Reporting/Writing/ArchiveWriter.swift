public import AttributionKit
public import Explaining
import Images

/// Writes attributions as NumPy's archive of arrays: signed and unscaled, float32, by `image/target/method`.
public struct ArchiveWriter: ReportWriter {
  /// Writes archives.
  public init() {}

  /// `npz`.
  public var fileExtensions: [String] { ["npz"] }

  /// The values.
  public var needs: Sheet.Contents { .arrays }

  /// All rows' attributions; a method that has none is left out.
  public func data(of sheet: Sheet) throws -> [UInt8] { try archive(sheet.arrays) }

  /// The attribution.
  public func data(of entry: Comparison.Entry, in inquiry: Inquiry, style: DrawingStyle) throws -> [UInt8] {
    try archive([Sheet.NamedArray(name: inquiry.arrayName(of: entry), values: entry.outcome.get().values(as: inquiry))])
  }

  private func archive(_ arrays: [Sheet.NamedArray]) throws -> [UInt8] {
    try StoredArchive.data(of: arrays.map { (name: $0.name + ".npy", bytes: NumPyFile.data($0.values)) })
  }
}

extension Explained {
  /// The values of each method that has an attribution.
  var arrays: [Sheet.NamedArray] {
    entries.compactMap { entry in
      (try? entry.outcome.get()).map {
        Sheet.NamedArray(name: inquiry.arrayName(of: entry), values: $0.values(as: inquiry))
      }
    }
  }
}

extension Inquiry {
  /// What an entry's array is called among those of other pictures and targets.
  fileprivate func arrayName(of entry: Comparison.Entry) -> String {
    [picture.subject.title, targetName, entry.expression.identifier]
      .map { name in
        // No part may lead elsewhere where the archive is unpacked.
        name.allSatisfy { $0 == "." } ? name + "_" : name.replacing("/", with: "⁄")
      }.joined(separator: "/")
  }
}

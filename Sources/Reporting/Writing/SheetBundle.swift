public import Explaining
import Foundation
import Images
import Rendering

/// A folder with everything a sheet is made of: the page, the sheet, and of each attribution its signed values, its
/// picture and its report; `manifest.json`, written last, tells what there is.
public struct SheetBundle {
  /// What rows must hold.
  public static let needs: Sheet.Contents = [.drawings, .reports, .arrays, .page]

  private let sheet: Sheet
  private let command: String?

  /// A bundle of a sheet whose rows hold ``needs``.
  ///
  /// - Parameters:
  ///   - sheet: what goes into it.
  ///   - command: the command that makes it again.
  public init(of sheet: Sheet, command: String? = nil) { (self.sheet, self.command) = (sheet, command) }

  /// What a bundle holds; its presence means that all of it was written.
  public struct Manifest: Hashable, Sendable, Codable {
    /// The version of the manifest's form.
    public let version: Int
    /// The network's name.
    public let title: String
    /// The command that makes the bundle again.
    public let command: String?
    /// The page to operate, and the sheet.
    public let page: String, sheet: String
    /// Every method of every row.
    public let entries: [Entry]
    /// What computed it.
    public let versions: Report.Versions
  }

  /// What there is of one method, by paths in the folder; a method that has no attribution has a report alone.
  public struct Entry: Hashable, Sendable, Codable {
    /// The picture as the user named it.
    public let image: String
    /// What was explained.
    public let target: Report.Target
    /// The method's expression.
    public let method: String
    /// The signed values in NumPy's format, and the picture.
    public let values: String?, picture: String?
    /// The report in JSON.
    public let report: String
  }

  /// Makes sure that a folder that is there holds nothing but an earlier bundle.
  ///
  /// - Throws: ``ExplainingError``.
  public static func check(_ folder: String) throws(ExplainingError) {
    let files = FileManager.default
    let names = (try? files.contentsOfDirectory(atPath: folder)) ?? []
    guard files.isWritableFile(atPath: folder) else {
      throw ExplainingError(.output, "cannot write \(folder): you may not write to it")
    }
    guard names.isEmpty || names.contains(manifestName) else {
      throw ExplainingError(.output, "cannot write \(folder): it holds other files; name a folder of its own")
    }
  }

  private static let manifestName = "manifest.json"

  /// Writes the folder, which is made where it is not there; of an earlier bundle the manifest goes first.
  ///
  /// - Throws: ``ExplainingError`` where it cannot be written; there is no manifest then.
  public func write(to folder: String) throws(ExplainingError) {
    do {
      let root = URL(fileURLWithPath: folder)
      try FileManager.default.createDirectory(
        at: root.appendingPathComponent("maps"), withIntermediateDirectories: true)
      let manifest = root.appendingPathComponent(Self.manifestName).path
      if FileManager.default.fileExists(atPath: manifest) { try FileManager.default.removeItem(atPath: manifest) }
      func put(_ bytes: some Sequence<UInt8>, _ name: String) throws {
        try AtomicFile.write(Array(bytes), to: root.appendingPathComponent(name).path)
      }
      try put(PageWriter(command: command).data(of: sheet), "report.html")
      try put(FigureWriter(.png).data(of: sheet), "sheet.png")
      var entries: [Entry] = []
      for row in sheet.rows { try add(row, to: &entries, put) }
      let told = Manifest(
        version: 1, title: sheet.title, command: command, page: "report.html", sheet: "sheet.png", entries: entries,
        versions: .current)
      try put(ReportJSON.encode(told), Self.manifestName)
    } catch { throw ExplainingError(error) }
  }

  private func add(
    _ row: Sheet.Row, to entries: inout [Entry], _ put: ([UInt8], String) throws -> Void
  ) throws {
    var arrays = row.arrays[...]
    for (index, report) in row.reports.enumerated() {
      let stem = "maps/" + Self.name(of: report, number: entries.count + 1)
      try put(Array(ReportJSON.encode(report)), stem + ".json")
      let values = report.error == nil ? arrays.popFirst() : nil
      if let values { try put(NumPyFile.data(values.values), stem + ".npy") }
      var isDrawn = false
      if let panels = row.drawing?.panels, index + 1 < panels.count,
        case .picture(let raster) = panels[index + 1].content
      {
        try put(raster.pngData(workers: sheet.workers), stem + ".png")
        isDrawn = true
      }
      entries.append(
        Entry(
          image: report.image, target: report.target, method: report.method.expression,
          values: values == nil ? nil : stem + ".npy", picture: isDrawn ? stem + ".png" : nil, report: stem + ".json"))
    }
  }

  /// A name that any file system takes: `001-photo-tabby-grad-cam`.
  static func name(of report: Report, number: Int) -> String {
    let image = URL(fileURLWithPath: report.image).deletingPathExtension().lastPathComponent
    let target = report.target.label ?? report.target.index.map { "class-\($0)" } ?? report.target.expression
    let words = [image, target, report.method.expression].map { text in
      text.prefix(40).map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
        .split(separator: "-").joined(separator: "-")
    }
    let digits = String(number)
    return ([String(repeating: "0", count: max(0, 3 - digits.count)) + digits] + words.filter { !$0.isEmpty })
      .joined(separator: "-")
  }
}

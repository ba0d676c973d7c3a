internal import CReportPage
import Foundation

/// The file that a page becomes: markup, styles, programs and data in one, so that it opens anywhere without a network.
enum PageFile {
  /// The programs, each a module that knows only those before it.
  static let modules = [
    "values.js", "geometry.js", "painting.js", "elements.js", "boxes.js", "view.js", "rows.js", "controls.js",
    "plots.js",
    "evaluation.js", "facts.js", "explanations.js", "tools.js", "main.js",
  ]

  /// The whole file.
  ///
  /// - Throws: `EncodingError`.
  static func data(of page: Page) throws -> [UInt8] {
    let data = String(decoding: try json(of: page), as: UTF8.self)
    var rest = part("page.html")[...]
    var file = ""
    // One pass from top to bottom: what is put in is not looked at again.
    for (place, content) in [
      ("{{title}}", escaped(page.title)), ("{{style}}", part("page.css")), ("{{data}}", hidden(data)),
      ("{{program}}", program),
    ] {
      guard let found = rest.range(of: place) else { preconditionFailure("the page has no place for \(place)") }
      file += rest[..<found.lowerBound] + content
      rest = rest[found.upperBound...]
    }
    return Array((file + rest).utf8)
  }

  /// What the page's programs read.
  ///
  /// - Throws: `EncodingError`.
  static func json(of value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return try encoder.encode(value)
  }

  /// All modules as one, in which each finds the others' names without importing them.
  static var program: String {
    modules.map { name in
      part(name).split(separator: "\n", omittingEmptySubsequences: false)
        .filter { !$0.hasPrefix("import ") }
        .map { $0.hasPrefix("export ") ? $0.dropFirst("export ".count) : $0 }
        .joined(separator: "\n")
    }.joined(separator: "\n")
  }

  private static func part(_ name: String) -> String {
    guard let bytes = bytes(of: name) else { preconditionFailure("there is no part \(name)") }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A part as it is; `nil` where there is none of this name.
  static func bytes(of name: String) -> [UInt8]? {
    var count = 0
    return limn_report_page_part(name, &count).map { Array(UnsafeBufferPointer(start: $0, count: count)) }
  }

  /// JSON in which no tag can begin or end.
  private static func hidden(_ json: String) -> String { json.replacingOccurrences(of: "<", with: "\\u003c") }

  private static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
  }
}

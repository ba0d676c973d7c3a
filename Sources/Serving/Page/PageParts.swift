internal import CServePage
import Reporting

/// The files of the page: its own, and those that it shares with the pages of reports.
enum PageParts {
  /// - Throws: ``Problem`` where there is no such file.
  static func response(_ name: String) throws(Problem) -> Response {
    guard let ending = name.split(separator: ".").last, let type = types[String(ending)],
      let bytes = own(name) ?? LivePage.part(name)
    else { throw Problem(.notFound, "the page has no part '\(name.prefix(100))'") }
    return Response(bytes, type: type)
  }

  private static let types = [
    "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8",
    "json": "application/json; charset=utf-8", "svg": "image/svg+xml",
  ]

  private static func own(_ name: String) -> [UInt8]? {
    var count = 0
    return limn_serve_page_part(name, &count).map { Array(UnsafeBufferPointer(start: $0, count: count)) }
  }
}

package import Foundation

/// Files that people name.
package enum InputFile {
  /// The bytes of a file that must be there; `kind` says what it should hold: "image", "labels".
  package static func contents(of path: String, as kind: String) throws(ExplainingError) -> Data {
    try check(path, as: kind)
    do { return try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe) } catch {
      throw .missingInput("cannot read the \(kind) file \(path): \(reason(errno))")
    }
  }

  /// Makes sure that a file is there and may be read, before any work begins.
  package static func check(_ path: String, as kind: String) throws(ExplainingError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .missingInput("there is no \(kind) file \(path)")
    }
    guard !isFolder.boolValue else { throw .missingInput("\(path) is a folder; give the \(kind) file itself") }
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw .missingInput("you may not read the \(kind) file \(path)")
    }
  }

  private static func reason(_ code: Int32) -> String { code == 0 ? "reading failed" : String(cString: strerror(code)) }
}

extension StringProtocol {
  /// The text without white space at either end.
  package var trimmed: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(self[first...(lastIndex { !$0.isWhitespace } ?? first)])
  }
}

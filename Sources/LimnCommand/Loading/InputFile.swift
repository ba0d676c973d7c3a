import Foundation

/// Files that the user names.
enum InputFile {
  /// The bytes of a file that must be there; `kind` says what it should hold: "image", "labels".
  static func contents(of path: String, as kind: String) throws -> Data {
    try check(path, as: kind)
    do { return try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe) } catch {
      throw Failure.missingInput("cannot read the \(kind) file \(path): \(reason(errno))")
    }
  }

  /// Makes sure that a file is there and may be read, before any work begins.
  static func check(_ path: String, as kind: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw Failure.missingInput("there is no \(kind) file \(path)")
    }
    guard !isFolder.boolValue else { throw Failure.missingInput("\(path) is a folder; give the \(kind) file itself") }
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw Failure.missingInput("you may not read the \(kind) file \(path)")
    }
  }

  private static func reason(_ code: Int32) -> String { code == 0 ? "reading failed" : String(cString: strerror(code)) }
}

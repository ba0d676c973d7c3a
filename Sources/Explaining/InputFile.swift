import FileKinds
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
    if let scheme = path.wholeMatch(of: /([A-Za-z]+):\/\/.+/)?.1 {
      throw .missingInput(
        scheme.lowercased() == "file"
          ? "\(path) is an address: give the \(kind) file's path, without \(scheme)://"
          : "\(path) is an address, and nothing is fetched from the network: download it first, as with "
            + "`curl -LO '\(path)'`, and give the file")
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      // Arguments that are no UTF-8 arrive with a mark in the place of each letter that is none.
      throw .missingInput(
        path.contains("\u{FFFD}")
          ? "there is no \(kind) file \(path): if it is there, its name is not UTF-8, as in old archives: rename it"
          : "there is no \(kind) file \(path)")
    }
    if isFolder.boolValue {
      guard kind == "model" || kind == "weights", let network = FileKind.network(inFolder: path) else {
        throw folder(path, as: kind)
      }
      return try check(network, as: kind)
    }
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw .missingInput("you may not read the \(kind) file \(path)")
    }
  }

  /// What a folder is, and what to give instead.
  private static func folder(_ path: String, as kind: String) -> ExplainingError {
    if kind == "model", let network = FileKind(ofFolder: path) {
      return .data("\(path) is \(network.rawValue): \(network.remedyAsModel(path))")
    }
    let networks = kind == "model" ? FileKind.networks(inFolder: path) : []
    let advice = networks.count == 1 ? "give \(networks[0]) in it" : "give the \(kind) file itself"
    return .missingInput("\(path) is a folder; \(advice)")
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

import Foundation

/// Takes places on this computer out of what is told: a sentence may name a file, but not where it lies.
struct Veil: Sendable {
  private let words: [(find: [UInt8], put: [UInt8])]

  /// Veils where these files and folders lie, the folder that the server was started in, and the user's own.
  init(_ paths: [String]) {
    var words: [(String, String)] = []
    for path in paths {
      let url = URL(fileURLWithPath: path)
      for full in [path, url.path, url.resolvingSymlinksInPath().path] where full.contains("/") {
        words.append((full, url.lastPathComponent))
        let folder = (full as NSString).deletingLastPathComponent
        if folder.hasPrefix("/"), folder.count > 1 { words.append((folder + "/", "")) }
      }
    }
    let own = [FileManager.default.currentDirectoryPath, NSHomeDirectory(), NSTemporaryDirectory()]
    for folder in own where folder.count > 1 { words.append((folder.hasSuffix("/") ? folder : folder + "/", "")) }
    var seen: Set<String> = []
    self.words = words.filter { seen.insert($0.0).inserted }.sorted { $0.0.utf8.count > $1.0.utf8.count }
      .map { (Array($0.0.utf8), Array($0.1.utf8)) }
  }

  func over(_ text: String) -> String { String(decoding: over(Array(text.utf8)), as: UTF8.self) }

  /// The same without the places.
  func over(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(UInt8(ascii: "/")) else { return bytes }
    return words.reduce(bytes) { Self.replacing($1.find, by: $1.put, in: $0) }
  }

  private static func replacing(_ word: [UInt8], by other: [UInt8], in bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= word.count else { return bytes }
    var made: [UInt8] = [], kept = 0, place = 0
    while let found = next(word, in: bytes, from: place) {
      made += bytes[kept..<found] + other
      kept = found + word.count
      place = kept
    }
    return kept == 0 ? bytes : made + bytes[kept...]
  }

  private static func next(_ word: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    var place = start
    while place + word.count <= bytes.count {
      guard let found = bytes[place...].firstIndex(of: word[0]), found + word.count <= bytes.count else { return nil }
      if bytes[found..<found + word.count].elementsEqual(word) { return found }
      place = found + 1
    }
    return nil
  }
}

import Foundation

/// Photographs, each once: one that counts twice would make differences look surer than they are.
enum DistinctImages {
  /// The first of each of several files that are the same or hold the same bytes; a note tells of the others.
  static func of(_ paths: [String]) -> [String] {
    var kept: [String] = [], bySize: [Int: [String]] = [:], left: [(String, like: String)] = []
    for path in paths {
      let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath()
      // What is no file is read but once, or refused in its turn.
      guard path != "-", let size = try? resolved.resourceValues(forKeys: [.fileSizeKey]).fileSize else {
        kept.append(path)
        continue
      }
      if let first = bySize[size]?.first(where: { FileManager.default.contentsEqual(atPath: $0, andPath: path) }) {
        left.append((path, first))
      } else {
        kept.append(path)
        bySize[size, default: []].append(path)
      }
    }
    if let (path, first) = left.first {
      let others = left.count > 1 ? ", and \(left.count - 1) more like it" : ""
      Console.note("\(path) is the same photograph as \(first) and counts once\(others)")
    }
    return kept
  }
}

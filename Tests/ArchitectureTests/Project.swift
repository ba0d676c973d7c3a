import Foundation

/// The project's own files, found from the place of this one.
struct Project {
  static let root: URL = {
    var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    repeat {
      folder.deleteLastPathComponent()
    } while folder.path != "/"
      && !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Sources/LimnKit/Package.swift").path)
    return folder
  }()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// The names in a folder, without hidden ones.
  static func contents(of path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(path).path)
      .filter { !$0.hasPrefix(".") }.sorted()
  }

  /// The Swift files below a folder, as paths from the root.
  static func swiftFiles(in path: String) -> [String] {
    let files = FileManager.default.enumerator(atPath: root.appendingPathComponent(path).path)
    return (files?.compactMap { $0 as? String } ?? [])
      .filter { $0.hasSuffix(".swift") && !$0.contains(".build/") && !$0.hasSuffix("Package.swift") }
      .map { path + "/" + $0 }.sorted()
  }

  /// The lines of the Swift files below a folder without comments, with where they stand.
  static func codeLines(in path: String) throws -> [(place: String, code: Substring)] {
    try swiftFiles(in: path).flatMap { file in
      try text(file).split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { number, line in
        ("\(file), line \(number + 1)", line.prefix(upTo: line.firstRange(of: "//")?.lowerBound ?? line.endIndex))
      }
    }
  }

  /// The modules that the Swift files below a folder import.
  static func imports(in path: String) throws -> Set<String> {
    try swiftFiles(in: path).reduce(into: []) { modules, file in modules.formUnion(importedModules(in: try text(file)))
    }
  }

  /// The methods of `Package.swift`'s table, with those they compose.
  static func methodTable() throws -> [(name: String, composing: [String])] {
    let manifest = try text("Package.swift")
    let table = manifest.split(separator: "let methods", maxSplits: 1).last?.split(separator: "\n]", maxSplits: 1).first
    return (table ?? "").matches(of: /\("(\w+)", \[(.*?)\]\)/).map { entry in
      (String(entry.1), entry.2.matches(of: /"(\w+)"/).map { String($0.1) })
    }
  }
}

/// The modules named by the import lines of a source text, but for those in texts of several lines that it holds.
func importedModules(in text: String) -> Set<String> {
  let line =
    /^\s*(?:@\w+\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
  let code = text.split(separator: "\"\"\"", omittingEmptySubsequences: false).enumerated()
    .filter { $0.offset.isMultiple(of: 2) }.map(\.element).joined()
  return Set(code.split(separator: "\n").compactMap { $0.firstMatch(of: line).map { String($0.1) } })
}

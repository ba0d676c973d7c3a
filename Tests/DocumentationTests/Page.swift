import Foundation
import Testing

/// A page of Markdown and the code in it.
struct Page: CustomTestStringConvertible {
  /// The path from the project's folder.
  let path: String
  let fences: [Fence]

  /// A piece of code between fences.
  struct Fence {
    let language: String
    /// The page's line on which the code begins, counted from one.
    let line: Int
    let code: String
    /// The file that the code is an excerpt of, from a comment on the line before: `<!-- Plugins/CAM/CAM.swift -->`.
    let source: String?
  }

  var testDescription: String { path }

  /// Every page of the project that holds code in `language`, by path.
  static func all(with language: String) -> [Page] {
    let roots = ["Documentation", "Sources/LimnKit"].flatMap { folder in
      (FileManager.default.enumerator(atPath: Project.root.appendingPathComponent(folder).path)?
        .compactMap { $0 as? String } ?? []).map { "\(folder)/\($0)" }
    }
    return (["README.md"] + roots).filter { $0.hasSuffix(".md") && !$0.contains(".build/") }.sorted()
      .compactMap { try? Page(path: $0) }.filter { page in page.fences.contains { $0.language == language } }
  }

  init(path: String) throws {
    self.path = path
    var fences: [Fence] = []
    var open: (language: String, line: Int, lines: [Substring], source: String?)?
    var before: Substring = ""
    let text = try Project.text(path)
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if let fence = open, line == "```" {
        fences.append(
          Fence(
            language: fence.language, line: fence.line, code: fence.lines.joined(separator: "\n") + "\n",
            source: fence.source))
        open = nil
      } else if open != nil {
        open?.lines.append(line)
      } else if line.hasPrefix("```") {
        let source = before.wholeMatch(of: /<!-- (\S+) -->/).map { String($0.1) }
        open = (String(line.dropFirst(3)), number + 2, [], source)
      }
      before = line
    }
    self.fences = fences
  }

  /// The page's Swift as programs: what begins with an import begins a new one, the rest goes on from what comes before.
  ///
  /// Excerpts of a file are compiled where they come from.
  var programs: [String] {
    var programs: [String] = []
    for fence in fences where fence.language == "swift" && fence.source == nil {
      let begins = fence.code.firstMatch(of: /^((public|internal) )?import |^\/\/ swift-tools-version/) != nil
      if begins || programs.isEmpty { programs.append(begins ? "" : "import AttributionKit\nimport Tensors\n") }
      // The compiler's complaints then name the page.
      programs[programs.count - 1] += "#sourceLocation(file: \"\(path)\", line: \(fence.line))\n" + fence.code
    }
    return programs
  }
}

/// The project's own files.
enum Project {
  static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }
}

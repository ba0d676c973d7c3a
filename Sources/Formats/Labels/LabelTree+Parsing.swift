import Foundation
import Yams

extension LabelTree {
  /// The text as a tree: YAML, JSON, JSON line by line, or a literal of Python's; `nil` where it is none of these.
  static func node(_ text: String) -> Node? {
    if let node = compose(text) { return node }
    // Python escapes apostrophes where YAML doubles them.
    if text.contains("\\'"), let node = compose(text.replacing("\\'", with: "''")) { return node }
    let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    let records = lines.filter { $0.first == "{" && $0.last == "}" }.compactMap(compose)
    return records.count == lines.count && !records.isEmpty ? Node(records) : nil
  }

  private static func compose(_ text: String) -> Node? {
    try? Yams.compose(yaml: joiningSurrogates(frontMatter(text)))
  }

  /// The head of a Markdown page, as data sets have it, without the page.
  private static func frontMatter(_ text: String) -> String {
    guard text.hasPrefix("---\n"), let end = text.dropFirst(4).range(of: "\n---\n") else { return text }
    return String(text.dropFirst(4)[..<end.lowerBound])
  }

  /// JSON writes what lies beyond 16 bits as two escapes, which YAML does not know.
  private static func joiningSurrogates(_ text: String) -> String {
    guard text.contains("\\u") else { return text }
    return text.replacing(/\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})/) { match in
      let units = [match.1, match.2].compactMap { UInt16($0, radix: 16) }
      return String(decoding: units, as: UTF16.self)
    }
  }

  /// A list or map without the variable that a program assigns it to; round brackets become square ones.
  static func withoutAssignment(_ text: String) -> String {
    let assigned = /^\s*(?:(?:export|const|let|var)\s+)*[A-Za-z_][\w.]*\s*=\s*(?=[\[{(])/
    var rest = text.prefixMatch(of: assigned).map { String(text[$0.range.upperBound...]) } ?? text
    while let last = rest.last, last.isWhitespace || last == ";" { rest.removeLast() }
    if rest.last == ")", rest.prefixMatch(of: /\(\s*["']/) != nil { rest = "[" + rest.dropFirst().dropLast() + "]" }
    return rest.isEmpty ? text : rest
  }

  /// Whether it is lines of which the first stands in brackets: `[background]`.
  static func isLinesInBrackets(_ text: String) -> Bool {
    let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    guard lines.count > 1, lines[0].wholeMatch(of: /\[[^\[\]"',]*\]/) != nil else { return false }
    return lines.dropFirst().contains { ![",", "]", "[", "{", "}"].contains($0.prefix(1)) }
  }
}

import Foundation

/// What is looked for in a text: a text, or a regular expression.
struct Pattern: Sendable {
  private let expression: NSRegularExpression

  /// - Throws: ``TokenizerError`` for an expression that cannot be read.
  init(expression: String) throws(TokenizerError) {
    // ICU's own idea of white space is narrower than Unicode's, which the library has.
    let unicode = expression.replacingOccurrences(of: #"\s"#, with: #"\p{White_Space}"#)
      .replacingOccurrences(of: #"\S"#, with: #"\P{White_Space}"#)
    guard let read = try? NSRegularExpression(pattern: unicode) else {
      throw TokenizerError("its pattern '\(expression.prefix(60))' is no regular expression that can be read")
    }
    self.expression = read
  }

  init(text: String) throws(TokenizerError) {
    try self.init(expression: NSRegularExpression.escapedPattern(for: text))
  }

  /// The whole text in order, parted at what matches.
  func parts(of text: String) -> [(text: String, isMatch: Bool)] {
    let whole = text as NSString
    var parts: [(String, Bool)] = []
    var end = 0
    for match in expression.matches(in: text, range: NSRange(location: 0, length: whole.length)) {
      let range = match.range
      guard range.length > 0 else { continue }
      if range.location > end {
        parts.append((whole.substring(with: NSRange(location: end, length: range.location - end)), false))
      }
      parts.append((whole.substring(with: range), true))
      end = range.location + range.length
    }
    if end < whole.length { parts.append((whole.substring(from: end), false)) }
    return parts
  }
}

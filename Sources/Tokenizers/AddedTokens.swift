/// Pieces that stand for themselves wherever they occur, such as `<|endoftext|>`.
struct AddedTokens: Sendable {
  struct Token: Sendable {
    var content: String
    var number: Int
    /// Whether it is looked for in the cleaned text rather than in the one that was given.
    var isCleaned = false
    /// Whether it must not touch letters or digits.
    var isWord = false
    /// Whether the white space before it, and behind it, belongs to it.
    var takesSpace = (before: false, after: false)
  }

  enum Part { case token(Int), text(String) }

  var tokens: [Token] = []

  /// The text parted at the tokens, what is between them cleaned.
  func parts(of text: String, cleaning: [any TextCleaning]) -> [Part] {
    func clean(_ text: String) -> String { cleaning.reduce(text) { $1.cleaned($0) } }
    let plain = tokens.filter { !$0.isCleaned }
    let cleaned = tokens.filter(\.isCleaned).map { token in
      var token = token
      token.content = clean(token.content)
      return token
    }
    return Self.parts(of: text, at: plain).flatMap { part -> [Part] in
      guard case .text(let text) = part else { return [part] }
      return Self.parts(of: clean(text), at: cleaned)
    }
  }

  /// The text parted at the first token that occurs, the longest of several, and so on behind it.
  private static func parts(of text: String, at tokens: [Token]) -> [Part] {
    let tokens = tokens.filter { !$0.content.isEmpty }.map { ($0, Array($0.content.unicodeScalars)) }
      .sorted { $0.1.count > $1.1.count }
    guard !tokens.isEmpty else { return text.isEmpty ? [] : [.text(text)] }
    let scalars = Array(text.unicodeScalars)
    var parts: [Part] = []
    var (start, position) = (0, 0)
    func append(_ range: Range<Int>) {
      guard !range.isEmpty else { return }
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars[range])
      parts.append(.text(String(text)))
    }
    while position < scalars.count {
      let found = tokens.first { token, content in
        scalars[position...].starts(with: content)
          && (!token.isWord || isApart(position..<position + content.count, in: scalars))
      }
      guard let (token, content) = found else {
        position += 1
        continue
      }
      var (first, end) = (position, position + content.count)
      while token.takesSpace.before, first > start, scalars[first - 1].properties.isWhitespace { first -= 1 }
      while token.takesSpace.after, end < scalars.count, scalars[end].properties.isWhitespace { end += 1 }
      append(start..<first)
      parts.append(.token(token.number))
      (start, position) = (end, end)
    }
    append(start..<scalars.count)
    return parts
  }

  /// Whether neither neighbour of a range is a letter, a digit or an underscore.
  private static func isApart(_ range: Range<Int>, in scalars: [Unicode.Scalar]) -> Bool {
    func isWord(_ index: Int) -> Bool {
      guard scalars.indices.contains(index) else { return false }
      let scalar = scalars[index]
      return scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
    return !isWord(range.lowerBound - 1) && !isWord(range.upperBound)
  }
}

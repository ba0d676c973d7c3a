/// Reads the grammar of ``MethodExpression`` from left to right, without recursion and without looking up any name.
struct ExpressionReader {
  struct Term: Equatable {
    var name: String
    var settings: [String: String] = [:]
  }

  /// More factors than anybody multiplies, few enough that evaluating the nested products cannot exhaust the stack.
  static let mostFactors = 16

  private let text: String
  private let characters: [Character]
  private var position = 0

  init(_ text: String) {
    self.text = text
    characters = Array(text)
  }

  var isAtEnd: Bool { position == characters.count }

  func failure(_ reason: String) -> AttributionError {
    .unreadableExpression(text, position: position, reason: reason)
  }

  mutating func list() throws -> [[Term]] {
    var list = [try expression()]
    while take(",") { list.append(try expression()) }
    guard isAtEnd else { throw failure("a comma or '*' was expected between methods") }
    return list
  }

  mutating func expression() throws -> [Term] {
    var terms = [try term()]
    while take("*") {
      guard terms.count < Self.mostFactors else {
        throw failure("at most \(Self.mostFactors) methods can be multiplied")
      }
      terms.append(try term())
    }
    return terms
  }

  private mutating func term() throws -> Term {
    var term = Term(name: try name("a method's name"))
    guard take("(") else { return term }
    if take(")") { return term }
    repeat {
      skipBlanks()
      let start = position
      let parameter = try name("a parameter's name")
      guard take("=") else { throw failure("'=' and a value were expected after '\(parameter)'") }
      guard term.settings.updateValue(try value(), forKey: parameter) == nil else {
        position = start
        throw failure("'\(parameter)' is given twice")
      }
    } while take(",")
    guard take(")") else { throw failure("a closing parenthesis was expected") }
    return term
  }

  private mutating func name(_ meaning: String) throws -> String {
    skipBlanks()
    let start = position
    while position < characters.count, Self.belongsToName(characters[position]) { position += 1 }
    guard position > start else { throw failure("\(meaning) was expected") }
    let name = String(characters[start..<position])
    skipBlanks()
    return name
  }

  private mutating func value() throws -> String {
    skipBlanks()
    if let quote = peek, quote == "\"" || quote == "'" { return try quotedValue(quote) }
    let start = position
    var depth = 0
    while let next = peek {
      if depth == 0, next == "," || next == ")" { break }
      if next == "(" { depth += 1 }
      if next == ")" { depth -= 1 }
      position += 1
    }
    let value = String(characters[start..<position].reversed().drop(while: \.isWhitespace).reversed())
    guard !value.isEmpty else { throw failure("a value was expected") }
    return value
  }

  private mutating func quotedValue(_ quote: Character) throws -> String {
    let start = position
    position += 1
    var value = ""
    while let next = peek {
      position += 1
      if next == quote {
        skipBlanks()
        return value
      }
      if next == "\\", let escaped = peek, escaped == quote || escaped == "\\" {
        value.append(escaped)
        position += 1
      } else {
        value.append(next)
      }
    }
    position = start
    throw failure("the quotation that begins here does not end")
  }

  /// Whether a value would not be read back as it is from a bare spelling.
  static func needsQuotes(_ value: String) -> Bool {
    guard let first = value.first, let last = value.last else { return true }
    if first.isWhitespace || last.isWhitespace || first == "\"" || first == "'" { return true }
    var depth = 0
    for character in value {
      if character == "," && depth == 0 { return true }
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if depth < 0 { return true }
    }
    return depth != 0
  }

  private static func belongsToName(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "-+_.".contains(character)
  }

  private var peek: Character? { position < characters.count ? characters[position] : nil }

  private mutating func skipBlanks() {
    while let next = peek, next.isWhitespace { position += 1 }
  }

  /// Steps over `character` and the blanks around it, if it comes next.
  private mutating func take(_ character: Character) -> Bool {
    skipBlanks()
    guard peek == character else { return false }
    position += 1
    skipBlanks()
    return true
  }
}

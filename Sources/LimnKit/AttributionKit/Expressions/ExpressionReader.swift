/// Reads the grammar of ``MethodExpression`` from left to right, without looking up what a name means.
///
///     list       = expression { "," expression }
///     expression = term { "*" term }
///     term       = name [ "(" [ argument { "," argument } ] ")" ] | "(" expression ")"
///     argument   = name "=" value | expression | word
///
/// It reads Unicode scalars, since a combining mark behind a parenthesis would make another character of it.
struct ExpressionReader {
  /// More levels than anybody nests, few enough that neither reading nor evaluating them can exhaust the stack.
  static let mostLevels = 32

  let text: String
  /// The names after whose first argument come words, such as layers, which need not look like expressions.
  private let wordTakers: Set<String>
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var level = 0

  init(_ text: String, wordTakers: Set<String>) {
    self.text = text
    self.wordTakers = wordTakers
    scalars = Array(text.unicodeScalars)
  }

  /// The whole text as one expression.
  mutating func single() throws -> ExpressionTree {
    let tree = try expression()
    guard isAtEnd else {
      throw failure(peek == "," ? "one expression was expected here, not a list" : "'*' was expected between methods")
    }
    return tree
  }

  /// The whole text as expressions with commas between them.
  mutating func list() throws -> [ExpressionTree] {
    var list = [try expression()]
    while take(",") { list.append(try expression()) }
    guard isAtEnd else { throw failure("a comma or '*' was expected between methods") }
    return list
  }

  private mutating func expression() throws -> ExpressionTree {
    var factors = [try term()]
    while take("*") { factors.append(try term()) }
    return factors.count == 1 ? factors[0] : .product(factors)
  }

  private mutating func term() throws -> ExpressionTree {
    skipBlanks()
    guard peek == "(" else { return .call(try call()) }
    try enter()
    let inside = try expression()
    try leave()
    return inside
  }

  private mutating func call() throws -> ExpressionTree.Call {
    var call = ExpressionTree.Call(name: try name("a method's name"))
    guard peek == "(" else { return call }
    try enter()
    if peek != ")" {
      repeat { call.arguments.append(try argument(of: call)) } while take(",")
    }
    try leave()
    return call
  }

  private mutating func argument(of call: ExpressionTree.Call) throws -> ExpressionTree.Argument {
    skipBlanks()
    let start = position
    if let parameter = try? name("a parameter's name"), take("=") {
      for case .setting(let earlier, _) in call.arguments where earlier.text == parameter.text {
        throw failure("'\(parameter.text)' is given twice", at: parameter.range)
      }
      return .setting(name: parameter, value: try value("a value was expected"))
    }
    position = start
    guard wordTakers.contains(call.name.text.lowercased()), !call.arguments.isEmpty else {
      return .operand(try expression())
    }
    return .word(try value("a word was expected"))
  }

  /// Steps into a parenthesis.
  private mutating func enter() throws {
    guard level < Self.mostLevels else {
      throw failure("at most \(Self.mostLevels) parentheses can be nested: write less in one expression")
    }
    level += 1
    _ = take("(")
  }

  /// Steps out of it again.
  private mutating func leave() throws {
    guard take(")") else { throw failure("a closing parenthesis was expected") }
    level -= 1
  }

  private mutating func name(_ meaning: String) throws -> Written {
    skipBlanks()
    let start = position
    while let next = peek, Self.belongsToName(next) { position += 1 }
    guard position > start else { throw failure("\(meaning) was expected") }
    let name = written(start..<position)
    skipBlanks()
    return name
  }

  private mutating func value(_ missing: String) throws -> Written {
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
    var end = position
    while end > start, scalars[end - 1].properties.isWhitespace { end -= 1 }
    guard end > start else { throw failure(missing) }
    return written(start..<end)
  }

  private mutating func quotedValue(_ quote: Unicode.Scalar) throws -> Written {
    let start = position
    position += 1
    var value = String.UnicodeScalarView()
    while let next = peek {
      position += 1
      if next == quote {
        let range = start..<position
        skipBlanks()
        return Written(text: String(value), range: range)
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

  private var isAtEnd: Bool { position == scalars.count }
  private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private func written(_ range: Range<Int>) -> Written {
    Written(text: String(String.UnicodeScalarView(scalars[range])), range: range)
  }

  private func failure(_ reason: String, at range: Range<Int>? = nil) -> AttributionError {
    .unreadableExpression(ExpressionFault(in: text, at: range ?? position..<position, reason))
  }

  private mutating func skipBlanks() {
    while let next = peek, next.properties.isWhitespace { position += 1 }
  }

  /// Steps over `scalar` and the blanks around it, if it comes next.
  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard peek == scalar else { return false }
    position += 1
    skipBlanks()
    return true
  }
}

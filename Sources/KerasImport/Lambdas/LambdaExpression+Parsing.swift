import Foundation

/// A power of reals, where `Foundation` is.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

extension LambdaExpression {
  /// Why a text is no expression.
  struct Failure: Error {
    let reason: String
  }

  /// - Throws: ``Failure`` with what is wrong where.
  init(_ text: String) throws(Failure) {
    var parser = Parser(text)
    self = try parser.whole()
  }

  private struct Parser {
    private let characters: [Character]
    private var place = 0
    private var depth = 0

    init(_ text: String) { characters = Array(text.prefix(1000)) }

    mutating func whole() throws(Failure) -> LambdaExpression {
      let expression = try sum()
      guard peek == nil else { throw unexpected() }
      return expression
    }

    private var peek: Character? {
      mutating get {
        while place < characters.count, characters[place].isWhitespace { place += 1 }
        return place < characters.count ? characters[place] : nil
      }
    }

    private mutating func unexpected() -> Failure {
      guard let peek else { return Failure(reason: "it ends too early") }
      return Failure(reason: "'\(peek)' at character \(place + 1) is not understood")
    }

    private mutating func take(_ text: String) -> Bool {
      _ = peek
      let end = place + text.count
      guard end <= characters.count, String(characters[place..<end]) == text else { return false }
      place = end
      return true
    }

    private mutating func sum() throws(Failure) -> LambdaExpression {
      // Deeper than anybody writes, and no danger to the stack.
      guard depth < 64 else { throw Failure(reason: "its brackets are nested too deeply") }
      depth += 1
      defer { depth -= 1 }
      var left = try product()
      while true {
        if take("+") {
          left = .arithmetic(.add, left, try product())
        } else if take("-") {
          left = .arithmetic(.subtract, left, try product())
        } else {
          return left
        }
      }
    }

    private mutating func product() throws(Failure) -> LambdaExpression {
      var left = try sign()
      while true {
        if peek == "*", take("*") {
          left = .arithmetic(.multiply, left, try sign())
        } else if take("/") {
          left = .arithmetic(.divide, left, try sign())
        } else {
          return left
        }
      }
    }

    private mutating func sign() throws(Failure) -> LambdaExpression {
      var isNegative = false
      while peek == "-" || peek == "+" {
        if peek == "-" { isNegative.toggle() }
        place += 1
      }
      let value = try power()
      return isNegative ? .arithmetic(.multiply, .number(-1), value) : value
    }

    private mutating func power() throws(Failure) -> LambdaExpression {
      let base = try operand()
      guard take("**") else { return base }
      return .arithmetic(.power, base, try sign())
    }

    private mutating func operand() throws(Failure) -> LambdaExpression {
      guard let first = peek else { throw unexpected() }
      if first == "(" { return try bracketed() }
      if first.isASCII, first.isNumber || first == "." { return .number(try number()) }
      let start = place
      while place < characters.count, characters[place].isASCII,
        characters[place].isLetter || characters[place].isNumber || characters[place] == "_"
      {
        place += 1
      }
      let name = String(characters[start..<place])
      if name == "x" { return .x }
      guard let function = Function(rawValue: name), peek == "(" else {
        place = start
        guard !name.isEmpty else { throw unexpected() }
        let known = Function.allCases.map(\.rawValue).joined(separator: ", ")
        throw Failure(reason: "'\(name)' is neither x nor one of \(known)")
      }
      return try call(of: function)
    }

    private mutating func bracketed() throws(Failure) -> LambdaExpression {
      guard take("(") else { throw unexpected() }
      let inner = try sum()
      guard take(")") else { throw unexpected() }
      return inner
    }

    private mutating func call(of function: Function) throws(Failure) -> LambdaExpression {
      guard take("(") else { throw unexpected() }
      let argument = try sum()
      var numbers: [Int] = []
      while take(",") {
        _ = take("axis") && take("=")
        let isNegative = take("-")
        let number = try self.number()
        guard number == number.rounded(), number < 64 else { throw Failure(reason: "\(number) is no axis") }
        numbers.append(isNegative ? -Int(number) : Int(number))
      }
      guard take(")") else { throw unexpected() }
      guard numbers.isEmpty || function.takesNumbers else {
        throw Failure(reason: "'\(function.rawValue)' takes nothing but what it is of")
      }
      guard !numbers.isEmpty || !function.needsNumbers else {
        throw Failure(reason: "'\(function.rawValue)' needs a number, as in \(function.rawValue)(x, 2)")
      }
      return .function(function, argument, numbers: numbers)
    }

    private mutating func number() throws(Failure) -> Double {
      _ = peek
      let start = place
      func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }
      while place < characters.count, isDigit(characters[place]) || characters[place] == "." { place += 1 }
      if place < characters.count, "eE".contains(characters[place]), place > start {
        place += 1
        if place < characters.count, "+-".contains(characters[place]) { place += 1 }
        while place < characters.count, isDigit(characters[place]) { place += 1 }
      }
      guard let number = Double(String(characters[start..<place])), number.isFinite else {
        place = start
        throw unexpected()
      }
      return number
    }
  }
}

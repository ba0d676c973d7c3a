/// How names and values are spelt so that ``ExpressionReader`` reads them back as they are.
extension ExpressionReader {
  static func belongsToName(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      return ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
        || "-+_.".unicodeScalars.contains(scalar)
    }
    return switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .nonspacingMark, .spacingMark:
      true
    default: false
    }
  }

  /// Whether all of `text` is one name.
  static func isName(_ text: String) -> Bool { !text.isEmpty && text.unicodeScalars.allSatisfy(belongsToName) }

  /// A value as it must be written: bare where that is read back the same, or else in quotes.
  static func spelling(ofValue value: String) -> String { needsQuotes(value) ? quoted(value) : value }

  /// The same for a value that stands by itself, where `a=b` would be read as a setting.
  static func spelling(ofWord word: String) -> String {
    needsQuotes(word) || looksLikeSetting(word) ? quoted(word) : word
  }

  private static func quoted(_ value: String) -> String {
    var spelling = String.UnicodeScalarView("\"".unicodeScalars)
    for scalar in value.unicodeScalars {
      if scalar == "\\" || scalar == "\"" { spelling.append("\\") }
      spelling.append(scalar)
    }
    spelling.append("\"")
    return String(spelling)
  }

  private static func needsQuotes(_ value: String) -> Bool {
    let scalars = value.unicodeScalars
    guard let first = scalars.first, let last = scalars.last else { return true }
    if first.properties.isWhitespace || last.properties.isWhitespace || first == "\"" || first == "'" { return true }
    var depth = 0
    for scalar in scalars {
      if scalar == ",", depth == 0 { return true }
      if scalar == "(" { depth += 1 }
      if scalar == ")" { depth -= 1 }
      if depth < 0 { return true }
    }
    return depth != 0
  }

  private static func looksLikeSetting(_ word: String) -> Bool {
    let rest = word.unicodeScalars.drop(while: belongsToName)
    return rest.drop { $0.properties.isWhitespace }.first == "="
  }
}

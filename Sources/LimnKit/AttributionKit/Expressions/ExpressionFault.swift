/// What is wrong with an expression, and where.
public struct ExpressionFault: Hashable, Sendable {
  /// The expression, or the part of a list, as it was written.
  public let text: String
  /// The place at fault, counted in Unicode scalars of the text; empty where something is missing.
  public let range: Range<Int>
  /// One sentence without capital or full stop, with the remedy.
  public let reason: String
  /// The alias whose expression this is, `nil` for what was asked for.
  public var alias: String?

  public init(in text: String, at range: Range<Int>, alias: String? = nil, _ reason: String) {
    self.text = text
    self.range = range
    self.alias = alias
    self.reason = reason
  }
}

extension ExpressionFault: CustomStringConvertible {
  /// The expression in one line, a mark below the place in the next, then the sentence.
  public var description: String {
    let (line, mark) = excerpt
    let sentence = String(String.UnicodeScalarView(Self.printable(reason)))
    return "in \(alias.map { "the alias '\($0)'" } ?? "this expression"):\n  \(line)\n  \(mark)\n\(sentence)"
  }

  /// As much of the text as a line of a terminal holds, and the mark below the place.
  private var excerpt: (line: String, mark: String) {
    let scalars = Self.printable(text)
    let place = range.clamped(to: 0..<scalars.count + 1)
    let start = place.lowerBound > 60 ? place.lowerBound - 40 : 0
    let end = min(scalars.count, start + 100)
    func cut(_ part: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[part])) }
    let lead = start > 0 ? "…" : ""
    let before = columns(of: lead + cut(start..<min(place.lowerBound, end)))
    let width = max(1, columns(of: cut(min(place.lowerBound, end)..<min(place.upperBound, end))))
    return (
      lead + cut(start..<end) + (end < scalars.count ? "…" : ""),
      String(repeating: " ", count: before) + "^" + String(repeating: "~", count: width - 1)
    )
  }

  /// Blanks in place of what moves a terminal's cursor by anything but its width.
  private static func printable(_ text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.map { scalar in
      [.control, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory) ? " " : scalar
    }
  }
}

/// How many columns of a terminal a text takes: two for each of the wide characters of East Asia and for emoji.
private func columns(of text: String) -> Int {
  text.reduce(0) { columns, character in
    let scalars = character.unicodeScalars
    if scalars.contains(where: isWide) || scalars.contains("\u{FE0F}") { return columns + 2 }
    let isMark = scalars.allSatisfy {
      [.nonspacingMark, .enclosingMark, .format].contains($0.properties.generalCategory)
    }
    return columns + (isMark ? 0 : 1)
  }
}

/// Whether a scalar is wide or fullwidth by Unicode Standard Annex 11, in the blocks that matter.
private func isWide(_ scalar: Unicode.Scalar) -> Bool {
  if scalar.properties.isEmojiPresentation { return true }
  return switch scalar.value {
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
    0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
    0x20000...0x3FFFD:
    true
  default: false
  }
}

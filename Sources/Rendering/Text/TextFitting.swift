/// Text made to fit its box: the lines to draw and the font to draw them in.
package struct FittedText: Hashable, Sendable {
  /// From the top down.
  package var lines: [String]
  /// What all of them are drawn in.
  package var font: Font

  /// Lines that fit as they are.
  package init(lines: [String], font: Font) { (self.lines, self.font) = (lines, font) }

  /// From the top of the first line to the bottom of the last, in units of the layout.
  package var height: Double { Double(lines.count) * font.lineHeight }
}

/// What gives way where text is too long: names differ at both ends, sentences begin with what matters.
package enum Ellipsis: Sendable {
  case middle, end
}

extension TextMeasure {
  /// `text` in at most `lines` lines no wider than `width`.
  ///
  /// One line where it fits, slightly smaller if that suffices; then several lines; at last an ellipsis in the last.
  package func fit(
    _ text: String, in font: Font, width: Double, lines: Int = 1, ellipsis: Ellipsis = .middle
  ) -> FittedText {
    let text = drawable(text)
    guard !text.isEmpty else { return FittedText(lines: [], font: font) }
    var shrunk = font
    while self.width(of: text, in: shrunk) > width, shrunk.size - 0.5 >= max(Font.smallest, font.size * 0.85) {
      shrunk.size -= 0.5
    }
    if self.width(of: text, in: shrunk) <= width { return FittedText(lines: [text], font: shrunk) }
    let used = lines > 1 ? font : shrunk
    return FittedText(lines: wrap(text, in: used, width: width, lines: lines, ellipsis), font: used)
  }

  private func wrap(_ text: String, in font: Font, width: Double, lines: Int, _ ellipsis: Ellipsis) -> [String] {
    var result: [String] = []
    var words = text.split(separator: " ").map(String.init)[...]
    while result.count < lines - 1, var line = words.popFirst() {
      while let next = words.first, self.width(of: line + " " + next, in: font) <= width {
        line += " " + next
        words.removeFirst()
      }
      let fitting = self.width(of: line, in: font) <= width ? line.count : prefix(of: line, in: font, width: width)
      result.append(String(line.prefix(fitting)))
      // A word longer than the line goes on in the next.
      if fitting < line.count { words.insert(String(line.dropFirst(fitting)), at: words.startIndex) }
    }
    if !words.isEmpty { result.append(shortened(words.joined(separator: " "), in: font, width: width, ellipsis)) }
    return result
  }

  /// How many letters of `word` a line holds; paths and identifiers break at their separators.
  private func prefix(of word: String, in font: Font, width: Double) -> Int {
    let count = max(1, largest(upTo: word.count) { self.width(of: String(word.prefix($0)), in: font) <= width })
    let head = word.prefix(count)
    guard let separator = head.lastIndex(where: { "/._-:".contains($0) }) else { return count }
    let kept = head.distance(from: head.startIndex, to: separator) + 1
    return kept > count / 3 ? kept : count
  }

  /// As much of `text` as `width` holds, and an ellipsis for the rest.
  private func shortened(_ text: String, in font: Font, width: Double, _ ellipsis: Ellipsis) -> String {
    guard self.width(of: text, in: font) > width else { return text }
    func kept(_ count: Int) -> String {
      let tailCount = ellipsis == .middle ? count / 2 : 0
      let head = text.prefix(count - tailCount), tail = text.suffix(tailCount)
      return Self.trimmed(head) + "…" + Self.trimmed(tail)
    }
    let count = largest(upTo: text.count) { self.width(of: kept($0), in: font) <= width }
    // A sentence ends after a whole word, unless that would lose most of the line.
    if ellipsis == .end, let space = text.prefix(count).lastIndex(of: " ") {
      let whole = text.distance(from: text.startIndex, to: space)
      if whole > count / 2 { return kept(whole) }
    }
    return self.width(of: kept(count), in: font) <= width ? kept(count) : ""
  }

  /// The largest number up to `limit` for which `holds`, given that it holds for every smaller one.
  private func largest(upTo limit: Int, where holds: (Int) -> Bool) -> Int {
    var (low, high) = (0, limit)
    while low < high {
      let middle = (low + high + 1) / 2
      if holds(middle) { low = middle } else { high = middle - 1 }
    }
    return low
  }

  private static func trimmed(_ text: Substring) -> String {
    text.split(separator: " ").joined(separator: " ")
  }
}

extension Font {
  /// Below this many units letters are hard to read.
  package static let smallest = 11.0
}

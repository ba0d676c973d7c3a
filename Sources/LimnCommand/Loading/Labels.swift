import Foundation

/// The names of a network's classes, in the order of its outputs.
struct Labels {
  let names: [String]

  init(_ names: [String]) { self.names = names }

  /// Reads one name per line, leaving out WordNet identifiers (`n01440764 tench`) and line numbers (`1  tench`).
  init(file path: String) throws {
    let contents = String(decoding: try InputFile.contents(of: path, as: "labels"), as: UTF8.self)
    var lines = contents.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
      $0.trimmingCharacters(in: .whitespaces.union(.init(charactersIn: "\u{FEFF}")))
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    guard !lines.isEmpty else { throw Failure.badData("\(path) names no classes: give a text file with one per line") }
    names = Labels.withoutNumbers(lines).map(Labels.withoutIdentifier)
  }

  private static func withoutIdentifier(_ line: String) -> String {
    guard let match = line.wholeMatch(of: /n\d{8}[\s,:]+(.+)/) else { return line }
    return String(match.1)
  }

  /// Drops a leading number where every line has one and they count up.
  private static func withoutNumbers(_ lines: [String]) -> [String] {
    let numbered = lines.map { $0.wholeMatch(of: /(\d+)[\s,:]+(.+)/) }
    guard let first = numbered[0].flatMap({ Int($0.1) }), first <= 1, lines.count > 1 else { return lines }
    var names: [String] = []
    for (position, match) in numbered.enumerated() {
      guard let match, Int(match.1) == first + position else { return lines }
      names.append(String(match.2))
    }
    return names
  }

  /// Makes sure that each of the network's `count` classes has one name.
  ///
  /// ImageNet's 1000 names serve networks that put the background in front of them, and the other way round. A single
  /// logit has two sides: one name is that of the positive side, of two the first is that of the negative.
  func matching(_ count: Int, from path: String) throws -> Labels {
    switch (names.count, count) {
    case (1000, 1001):
      Console.note("1001 outputs for the 1000 names of \(path): taking the first for the background")
      return Labels(["background"] + names)
    case (1001, 1000):
      Console.note("1000 outputs for the 1001 names of \(path): leaving out the first, '\(names[0])'")
      return Labels(Array(names.dropFirst()))
    case (2, 1):
      Console.note("one logit for the 2 names of \(path): it speaks against '\(names[0])' and for '\(names[1])'")
      return self
    default: break
    }
    guard names.count == count else {
      throw Failure.badData(
        count == 1
          ? "\(path) names \(names.count) classes and the network has one logit: give the positive side's name, or the "
            + "negative's and the positive's"
          : "\(path) names \(names.count) classes and the network has \(count): give the list it was trained with")
    }
    return self
  }
}

extension Labels {
  /// The class of this name, or of the only name that has this as a part; capitals do not matter.
  func index(of text: String) throws -> Int {
    let wanted = text.lowercased()
    let folded = names.map { $0.lowercased() }
    let tests: [(String) -> Bool] = [
      { $0 == wanted },
      { $0.split(separator: ",").contains { $0.trimmingCharacters(in: .whitespaces) == wanted } },
      { $0.matchesWholeWords(wanted) },
      { $0.contains(wanted) },
    ]
    for test in tests {
      let candidates = folded.indices.filter { test(folded[$0]) }
      if candidates.count == 1 { return candidates[0] }
      if candidates.count > 1 { throw ambiguous(text, candidates) }
    }
    throw Failure.badData("no class is called '\(text)'\(suggestion(for: wanted, folded))")
  }

  private func ambiguous(_ text: String, _ candidates: [Int]) -> Failure {
    let shown = candidates.prefix(8).map { "\($0) \(names[$0])" }.joined(separator: "; ")
    let rest = candidates.count > 8 ? "; and \(candidates.count - 8) more" : ""
    return .badData("'\(text)' could be any of \(candidates.count) classes (\(shown)\(rest)): give its number")
  }

  private func suggestion(for wanted: String, _ folded: [String]) -> String {
    guard names.count > 12 else { return "; the classes are \(names.joined(separator: ", "))" }
    let nearest = folded.indices.map { ($0, folded[$0].distance(to: wanted)) }.min { $0.1 < $1.1 }
    guard let nearest, nearest.1 <= max(2, wanted.count / 3) else { return "; `limn predict` shows some" }
    return "; did you mean '\(names[nearest.0])' (\(nearest.0))?"
  }
}

extension String {
  /// Whether `words` occurs with no letter or digit on either side.
  fileprivate func matchesWholeWords(_ words: String) -> Bool {
    guard !words.isEmpty else { return false }
    var rest = startIndex..<endIndex
    while let found = range(of: words, range: rest) {
      let before = found.lowerBound == startIndex ? nil : self[index(before: found.lowerBound)]
      let after = found.upperBound == endIndex ? nil : self[found.upperBound]
      if ![before, after].contains(where: { $0?.isLetter == true || $0?.isNumber == true }) { return true }
      rest = index(after: found.lowerBound)..<endIndex
    }
    return false
  }

  /// How many letters must be added, dropped or replaced to turn one into the other (Levenshtein's distance);
  /// of the comma-separated names in this text, the nearest.
  fileprivate func distance(to other: String) -> Int {
    split(separator: ",").map { name in
      let a = Array(name.trimmingCharacters(in: .whitespaces)), b = Array(other)
      var row = Array(0...b.count)
      for i in a.indices {
        var diagonal = row[0]
        row[0] = i + 1
        for j in b.indices {
          let replaced = diagonal + (a[i] == b[j] ? 0 : 1)
          diagonal = row[j + 1]
          row[j + 1] = Swift.min(replaced, row[j] + 1, diagonal + 1)
        }
      }
      return row[b.count]
    }.min() ?? .max
  }
}

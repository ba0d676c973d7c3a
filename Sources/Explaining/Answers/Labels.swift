public import AttributionKit
import Formats
import Foundation
@_spi(Limn) import Tensors

/// The names of a network's classes, in the order of its outputs.
public struct Labels: Hashable, Sendable {
  /// One for each class.
  public let names: [String]
  /// The lines of the file as they stand there, each of which names its class, too; empty where there are none.
  let lines: [String]
  /// What people should know of how a file was read.
  public let notes: [Note]

  /// Names in the order of the network's outputs.
  public init(_ names: [String]) { self.init(names, lines: [], notes: []) }

  private init(_ names: [String], lines: [String], notes: [Note]) {
    // What steers terminals, or turns a text around, is no part of a name, and shown rather than obeyed.
    (self.names, self.lines, self.notes) = (names.map(\.printable), lines, notes)
  }

  /// Reads names in any of the usual forms: one per line, JSON, YAML, Python literals, tables, label maps.
  ///
  /// - Throws: ``ExplainingError`` where the file cannot be read or names no class.
  public init(file path: String) throws(ExplainingError) {
    let file: LabelsFile
    do { file = try LabelsFile(try InputFile.contents(of: path, as: "labels")) } catch let error as ExplainingError {
      throw error
    } catch let fault as LabelsFault { throw .data("\(path) \(fault.reason)") } catch {
      throw ExplainingError(error)
    }
    var notes = file.remarks.map { Note("\(path): \($0)") }
    if let note = Self.numberNote(file.names, path) { notes.append(note) }
    self.init(file.names, lines: file.lines == file.names ? [] : file.lines, notes: notes)
  }

  /// Names that are numbers themselves and stand where another number would count.
  private static func numberNote(_ names: [String], _ path: String) -> Note? {
    let numbers = names.map { Int($0) }
    guard names.count > 1, numbers.allSatisfy({ $0 != nil }) else { return nil }
    guard let odd = names.indices.first(where: { numbers[$0] != $0 }) else { return nil }
    let isTextOrder = names == names.sorted() && numbers.compactMap { $0 } != numbers.compactMap { $0 }.sorted()
    return Note(
      "\(path): the names are numbers" + (isTextOrder ? " in the order of text" : "")
        + ", and output \(odd) is called '\(names[odd])': a number given as a target counts the outputs; "
        + "'=\(names[odd])' is the class of that name")
  }

  /// What stands over a table of one column.
  private static let headings: Set = [
    "name", "names", "label", "labels", "class", "classes", "class_name", "classname", "class name", "category",
    "categories",
  ]

  /// Makes sure that each of the network's `count` classes has one name.
  ///
  /// ImageNet's 1000 names serve networks that put the background in front of them, and the other way round. A single
  /// logit has two sides: one name is that of the positive side, of two the first is that of the negative.
  ///
  /// - Parameters:
  ///   - count: How many logits the network has.
  ///   - areNumbers: Whether these are no scores of classes, so that a single one has no sides.
  ///   - path: Where the names are from.
  /// - Returns: The names, and a note on what was made of them, if anything.
  /// - Throws: ``ExplainingError`` where they are those of another network.
  public func matching(
    _ count: Int, areNumbers: Bool = false, from path: String
  ) throws(ExplainingError) -> (labels: Labels, note: Note?) {
    switch (names.count, count) {
    case _ where areNumbers:
      guard names.count == count else {
        throw .data(
          "\(path) has \(names.count == 1 ? "one name" : "\(names.count) names") and the network "
            + "\(count == 1 ? "one number" : "\(count) numbers"): give one each")
      }
    case (1000, 1001):
      return (
        Labels(["background"] + names),
        Note("1001 outputs for the 1000 names of \(path): taking the first for the background")
      )
    case (1001, 1000):
      return (
        Labels(Array(names.dropFirst())),
        Note("1000 outputs for the 1001 names of \(path): leaving out the first, '\(elided(names[0], to: 60))'")
      )
    case (2, 1):
      return (
        self,
        Note(
          "one logit for the 2 names of \(path): it speaks against '\(elided(names[0], to: 60))' and for "
            + "'\(elided(names[1], to: 60))'")
      )
    case (count + 1, _) where Self.headings.contains(names[0].lowercased()) || names[0].hasPrefix("#"):
      return (
        Labels(Array(names.dropFirst())),
        Note(
          "\(count) outputs for the \(count + 1) lines of \(path): taking the first, '\(elided(names[0], to: 60))', for a heading"
        )
      )
    case (1, _):
      guard let parted = LabelsFile.parted(names[0], into: count) else { break }
      return (Labels(parted), Note("the one line of \(path) is taken for \(count) names"))
    default: break
    }
    let classes = names.count == 1 ? "one class" : "\(names.count) classes"
    guard names.count == count else {
      throw .data(
        count == 1
          ? "\(path) names \(classes) and the network has one logit: give the positive side's name, or the negative's and "
            + "the positive's"
          : "\(path) names \(classes) and the network has \(count): give the list it was trained with")
    }
    return (self, nil)
  }
}

extension Labels {
  /// The class of this name, or of the only name that has this as a part; capitals do not matter.
  ///
  /// A whole name goes before one of its synonyms, which commas part, that before whole words of it, and those before any
  /// part.
  ///
  /// - Returns: The class's number.
  /// - Throws: ``ExplainingError`` where no name has it, or several do, with those it could be.
  public func index(of text: String) throws(ExplainingError) -> Int {
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
    let suggestion = suggestion(for: wanted, folded)
    throw .data(
      "no class is called '\(elided(text, to: 100))'\(suggestion ?? "")", about: suggestion == nil ? .target : nil)
  }

  private func ambiguous(_ text: String, _ candidates: [Int]) -> ExplainingError {
    let shown = joined(
      candidates.map { "\($0) \(elided(names[$0], to: 60))" }, by: "; ", within: 300, kind: "more")
    return .data("'\(elided(text, to: 60))' could be any of \(candidates.count) classes (\(shown)): give its number")
  }

  private func suggestion(for wanted: String, _ folded: [String]) -> String? {
    guard names.count > 12 else {
      return "; the classes are " + joined(names.map { elided($0, to: 60) }, by: ", ", within: 300, kind: "more")
    }
    let nearest = folded.indices.map { ($0, folded[$0].distance(to: wanted)) }.min { $0.1 < $1.1 }
    guard let nearest, nearest.1 <= max(2, wanted.count / 3) else { return nil }
    return "; did you mean '\(elided(names[nearest.0], to: 100))' (\(nearest.0))?"
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

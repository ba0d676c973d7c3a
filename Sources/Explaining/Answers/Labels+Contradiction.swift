package import AttributionKit
@_spi(Limn) import Tensors

extension Labels {
  /// What is to be said where names that were given are not those that the network's own file has: a list of another
  /// network, or one in another order, gives every answer a wrong name.
  ///
  /// Spellings, synonyms behind a comma and a few other names do not count.
  package func contradiction(of own: Labels, from path: String) -> Note? {
    guard own.names.count == names.count, names.count > 1 else { return nil }
    let (given, known) = (names.map(Self.folded), own.names.map(Self.folded))
    // WordNet's identifiers, or numbers, are no names that others could contradict.
    guard !known.allSatisfy({ $0.wholeMatch(of: /(n?\d+|class \d+|label \d+)/) != nil }) else { return nil }
    let odd = given.indices.filter { !given[$0].contains(known[$0]) && !known[$0].contains(given[$0]) }
    guard let first = odd.first, given.sorted() == known.sorted() || odd.count * 10 > names.count else { return nil }
    let names = "'\(elided(own.names[first], to: 60))' and in \(path) '\(elided(self.names[first], to: 60))'"
    let rest = odd.count == 1 ? "" : ", and \(odd.count - 1) more differ"
    return Note(
      "class \(first) is in the network's own file \(names)\(rest): \(path) is followed")
  }

  /// The first of the synonyms, however it is spelled.
  private static func folded(_ name: String) -> String {
    let first = name.split(separator: ",").first.map(String.init) ?? name
    return first.lowercased().map { $0 == "_" || $0 == "-" ? " " : String($0) }.joined().trimmed
  }
}

import Testing

/// Identifiers are American, as Swift's own are; prose is British.
@Suite struct SpellingTests {
  /// Parts of words that are written otherwise in identifiers.
  private static var british: Regex<Substring> {
    /[cC]olour|[cC]entre|[cC]entring|[nN]eighbour|[bB]ehaviour|[gG]rey|(?:[nN]ormal|[rR]ecogn|[qQ]uant|[iI]nitial|[oO]ptim|[sS]erial|[rR]andom|[sS]tandard|[vV]isual)is(?:e|ing|ation)/
  }

  @Test(arguments: ["Sources", "Plugins"]) func `identifiers are spelled as Swift's are`(folder: String) throws {
    var count = 0
    for (place, code) in try Project.codeLines(in: folder) {
      for declared in code.matches(of: /\b(?:func|var|let|case|struct|enum|class|protocol|typealias) (\w+)/) {
        count += 1
        #expect(declared.1.firstMatch(of: Self.british) == nil, "\(place): \(declared.1)")
      }
    }
    #expect(count > 100)
  }
}

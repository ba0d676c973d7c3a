import Testing

/// Whoever imports `Limn` finds a comment on everything it declares itself.
@Suite struct PublicDocumentationTests {
  /// What `Limn` exports beside the kit, whose pages have tests of their own, and the methods, which have pages.
  static let modules = ["Explaining", "Formats", "Images", "Limn", "Rendering", "Reporting"]

  @Test func `declarations without a comment are found in every form`() {
    let text = """
      /// Said.
      public struct A {
        public let x: Int
        /// Said.
        @inlinable
        public func f() {}
        @discardableResult public func g() -> Int { 0 }

        // Not for readers.
        public private(set) var y = 1
        /// Said.

        public static let z = 2
        let hidden = 3
      }
      public import Other
      """
    #expect(Self.undocumented(in: text) == [3, 7, 10, 13])
  }

  @Test(arguments: modules) func `every public declaration has a comment`(module: String) throws {
    for file in Project.swiftFiles(in: "Sources/\(module)") {
      for line in Self.undocumented(in: try Project.text(file)) { Issue.record("\(file), line \(line)") }
    }
  }

  /// The lines, from 1, of public declarations with no documentation comment right above them and their attributes.
  private static func undocumented(in text: String) -> [Int] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let declaration = /^\s*(?:@\w+(?:\([^)]*\))? )*public (?!import )/
    return lines.indices.filter { index in
      guard lines[index].firstMatch(of: declaration) != nil else { return false }
      let above = lines[..<index].last { !$0.drop(while: \.isWhitespace).hasPrefix("@") }
      return above.map { !$0.drop(while: \.isWhitespace).hasPrefix("///") } ?? true
    }.map { $0 + 1 }
  }
}

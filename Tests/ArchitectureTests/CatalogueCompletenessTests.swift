import AttributionKit
import Foundation
import MethodCatalog
import Testing

/// A method is a folder, a line in `Package.swift`, a line in the catalogue and a page: none may be missing.
@Suite struct CatalogueCompletenessTests {
  @Test func `every folder of methods stands in the table, and the reverse`() throws {
    #expect(try Project.contents(of: "Plugins") == Project.methodTable().map(\.name).sorted())
  }

  @Test func `every method of the table stands in the catalogue, and the reverse`() throws {
    let table = try Project.methodTable().map(\.name)
    let files = try Project.contents(of: "Sources/MethodCatalog")
    let source = try files.map { try Project.text("Sources/MethodCatalog/\($0)") }.joined(separator: "\n")
    let listed = source.matches(of: /(\w+)\.descriptor/).map { String($0.1) }
    #expect(listed.sorted() == table.sorted())
    #expect(MethodCatalog.methods.count == table.count)
    #expect(importedModules(in: source) == Set(table.map { $0 + "Method" } + ["AttributionKit"]))
    for name in table {
      #expect(try Project.contents(of: "Plugins/\(name)").contains("\(name).swift"), "a method's file has its name")
    }
  }

  @Test func `every method has a page, and every page a method`() throws {
    let pages = try Project.contents(of: "Documentation/Methods").filter { $0.hasSuffix(".md") && $0 != "README.md" }
    #expect(pages == MethodCatalog.methods.map { $0.identifier + ".md" }.sorted())
  }

  @Test(arguments: MethodCatalog.methods.map(\.identifier)) func `a page says what there is to know`(
    identifier: String
  ) throws {
    let method = try #require(MethodCatalog.methods.first { $0.identifier == identifier })
    let page = try Project.text("Documentation/Methods/\(identifier).md")
    #expect(page.hasPrefix("# \(method.title)\n"))
    for heading in ["## Definition", "## Parameters", "## Cost", "## Known failures", "## Citation"] {
      #expect(page.contains("\n\(heading)\n"), "\(heading)")
    }
    for parameter in method.parameters { #expect(page.contains("`\(parameter.name)`"), "\(parameter.name)") }
    let number = try #require(method.citation.split(separator: " ").last)
    // Some papers are published by their reviews alone.
    #expect(["arXiv:", "doi:", "https://openreview.net/"].contains { number.hasPrefix($0) })
    #expect(page.contains(number))
    #expect(try Project.text("Documentation/Methods/README.md").contains("(\(identifier).md)"))
  }

  /// `Tests/Tools/gallery.py` draws them.
  @Test(arguments: MethodCatalog.methods.map(\.identifier))
  func `a page shows a small picture, or says why it has none`(
    identifier: String
  ) throws {
    let page = try Project.text("Documentation/Methods/\(identifier).md"), picture = "pictures/\(identifier).jpg"
    let file = Project.root.appendingPathComponent("Documentation/Methods/\(picture)")
    guard FileManager.default.fileExists(atPath: file.path) else {
      #expect(page.contains("The demo network has no attention, so that there is no picture of it here."))
      let method = try #require(MethodCatalog.methods.first { $0.identifier == identifier })
      #expect(method.needs.contains { $0.words.contains("attention") || $0.words.contains("tokens") })
      return
    }
    #expect(page.contains("](\(picture))"))
    let bytes = try #require(file.resourceValues(forKeys: [.fileSizeKey]).fileSize)
    #expect((1000...15_000).contains(bytes), "\(bytes) bytes")
  }

  @Test func `every picture is of a method`() throws {
    let known = Set(MethodCatalog.methods.map { "\($0.identifier).jpg" })
    #expect(try known.isSuperset(of: Project.contents(of: "Documentation/Methods/pictures")))
  }

  @Test func `methods of a family stand together, and each has one`() {
    let families = MethodCatalog.methods.map(\.family)
    #expect(!families.contains(.other))
    let changes = zip(families, families.dropFirst()).count { $0 != $1 }
    #expect(changes + 1 == Set(families).count)
  }

  @Test func `identifiers are written as people type them, and once`() {
    let identifiers = MethodCatalog.methods.map(\.identifier)
    #expect(Set(identifiers).count == identifiers.count)
    for identifier in identifiers { #expect(identifier.wholeMatch(of: /[a-z][a-z0-9+]*(-[a-z0-9+]+)*/) != nil) }
  }

  @Test func `every decision is numbered once and says what follows from it`() throws {
    let pages = try Project.contents(of: "Documentation/Decisions")
    #expect(pages.count >= 8)
    for (index, page) in pages.enumerated() {
      #expect(page.hasPrefix(index + 1 < 10 ? "0\(index + 1)-" : "\(index + 1)-"))
      let text = try Project.text("Documentation/Decisions/\(page)")
      for heading in ["## Context", "## Decision", "## Consequences"] { #expect(text.contains(heading), "\(page)") }
    }
  }
}

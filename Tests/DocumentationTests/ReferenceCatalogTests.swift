import Foundation
import Testing

/// The kit's DocC catalogues: every public name has its place in reading order, and no link leads nowhere.
@Suite struct ReferenceCatalogTests {
  static let modules = ["Tensors", "Masks", "AttributionKit"]

  @Test(
    .enabled(if: Toolchain.has("swiftc", "swift-symbolgraph-extract"), "the compiler's tools are not on the PATH"),
    arguments: modules)
  func `every public name stands once under a topic`(module: String) throws {
    let graph = try SymbolGraph.extract(module, into: Folder())
    let curated = try Self.topics(of: module, page: module)
    #expect(Set(curated) == graph.names(), "\(graph.names().symmetricDifference(curated).sorted())")
    #expect(Set(curated).count == curated.count)
    for type in try Self.pages(of: module) where graph.names().contains(type) {
      let listed = try Self.topics(of: module, page: type),
        members = graph.names(in: type).filter { !Self.isOperator($0) }
      #expect(Set(listed) == members, "\(type): \(members.symmetricDifference(listed).sorted())")
    }
  }

  @Test(.enabled(if: Toolchain.has("bash", "swiftc", "docc"), "docc or the compiler is not on the PATH"))
  func `the reference is made without a warning`() throws {
    let folder = try Folder()
    let tool = Project.root.appendingPathComponent("Tests/Tools/kit_reference.sh").path
    let run = try Toolchain.run("bash", [tool, folder.path("reference")], in: folder)
    #expect(run.status == 0, "\(run.output)")
    for page in ["AttributionKit/documentation/attributionkit/firstmethod", "Tensors/documentation/tensors/tensor"] {
      #expect(FileManager.default.fileExists(atPath: folder.path("reference/\(page)/index.html")), "\(page)")
    }
  }

  /// The names of a catalogue's pages, without extension.
  private static func pages(of module: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(
      atPath: Project.root.appendingPathComponent("Sources/LimnKit/\(module)/\(module).docc").path
    ).filter { $0.hasSuffix(".md") }.map { String($0.dropLast(3)) }.sorted()
  }

  /// The symbols listed under a page's topics, in order.
  private static func topics(of module: String, page: String) throws -> [String] {
    let text = try Project.text("Sources/LimnKit/\(module)/\(module).docc/\(page).md")
    let topics = text.split(separator: "\n## Topics\n", maxSplits: 1).last ?? ""
    return topics.matches(of: /(?m)^- ``(.+)``$/).map { String($0.1) }
  }

  /// Operators stand in a group of their own, which DocC makes.
  private static func isOperator(_ name: String) -> Bool { name.first.map { "+-*/".contains($0) } ?? false }
}

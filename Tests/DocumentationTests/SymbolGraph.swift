import Foundation
import Testing

/// What a module makes public, as the compiler tells it.
struct SymbolGraph: Decodable {
  let symbols: [Symbol]

  struct Symbol: Decodable {
    let pathComponents: [String]
    let kind: Kind

    struct Kind: Decodable { let identifier: String }

    /// Whether people write about it: not what the compiler derives, nor a case of an enumeration.
    var isOwn: Bool { kind.identifier != "swift.enum.case" }
  }

  /// The names of what stands at the module's top, or inside the type `parent`.
  func names(in parent: String? = nil) -> Set<String> {
    let path = parent.map { [$0] } ?? []
    return Set(
      symbols.filter { $0.isOwn && Array($0.pathComponents.dropLast()) == path }.compactMap(\.pathComponents.last))
  }

  /// Asks the compiler about a module of this build; what `folder` holds afterwards is what DocC reads.
  static func extract(_ module: String, into folder: Folder) throws -> SymbolGraph {
    let information = try Toolchain.run("swiftc", ["-print-target-info"], in: folder).output
    let triple = try #require(information.firstMatch(of: /"unversionedTriple": "([^"]+)"/)).1
    let run = try Toolchain.run(
      "swift-symbolgraph-extract",
      [
        "-module-name", module, "-target", String(triple), "-output-dir", folder.url.path, "-minimum-access-level",
        "public", "-skip-synthesized-members", "-module-cache-path", folder.path(".cache"),
      ] + Toolchain.modules, in: folder)
    try #require(run.status == 0, "\(run.output)")
    let data = try Data(contentsOf: folder.url.appendingPathComponent("\(module).symbols.json"))
    // Extensions of other modules' types come as files of their own, which belong to those modules' pages.
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    where file.hasSuffix(".symbols.json") && file != "\(module).symbols.json" {
      try FileManager.default.removeItem(atPath: folder.path(file))
    }
    return try JSONDecoder().decode(SymbolGraph.self, from: data)
  }
}

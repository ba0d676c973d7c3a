import Foundation
import Testing

/// The Swift on the pages is Swift.
@Suite struct SnippetTests {
  @Test(.enabled(if: Toolchain.has("swiftc"), "swiftc is not on the PATH"), arguments: Page.all(with: "swift"))
  func `what a page shows compiles`(page: Page) throws {
    for program in page.programs {
      let folder = try Folder()
      // A program that begins so may have statements of its own.
      try folder.write(program, to: "main.swift")
      let run = try Toolchain.run(
        "swiftc", ["-typecheck", "-swift-version", "6", "main.swift"] + Self.options(for: program), in: folder)
      #expect(run.status == 0, "\(run.output)")
    }
  }

  /// Pages of the kit's own catalogues need no file, so that what they claim of their examples can be tried.
  @Test(
    .enabled(if: Toolchain.has("swiftc"), "swiftc is not on the PATH"),
    arguments: Page.all(with: "swift").filter { $0.path.contains(".docc/") })
  func `what an article of the kit claims of its example holds`(page: Page) throws {
    for program in page.programs {
      let folder = try Folder(), library = Toolchain.products.path
      try folder.write(program, to: "main.swift")
      let built = try Toolchain.run(
        "swiftc",
        ["-swift-version", "6", "main.swift", "-o", "example", "-L", library, "-lLimnKit", "-Xlinker", "-rpath"]
          + ["-Xlinker", library] + Self.options(for: program), in: folder)
      try #require(built.status == 0, "\(built.output)")
      let run = try Toolchain.run(folder.path("example"), [], in: folder)
      #expect(run.status == 0, "\(run.output)")
    }
  }

  @Test(arguments: Page.all(with: "swift")) func `an excerpt stands in the file it is said to be of`(page: Page) throws
  {
    for fence in page.fences {
      guard let source = fence.source else { continue }
      let text = try Project.text(source)
      #expect(text.contains(fence.code), "line \(fence.line) is not in \(source)")
    }
  }

  @Test func `pages are read as people see them`() throws {
    let paths = Page.all(with: "swift").map(\.path)
    #expect(paths.contains("README.md") && paths.contains("Documentation/Networks-in-Swift.md"))
    let readme = try Page(path: "README.md")
    #expect(readme.programs.count == 1)
    #expect(readme.programs[0].hasPrefix("import AttributionKit\nimport Tensors\n#sourceLocation"))
  }

  /// Manifests are compiled against the package manager's own module.
  private static func options(for program: String) -> [String] {
    guard program.contains("import PackageDescription"), let compiler = Toolchain.path(of: "swiftc") else {
      return Toolchain.modules
    }
    let usr = URL(fileURLWithPath: compiler).resolvingSymlinksInPath().deletingLastPathComponent()
      .deletingLastPathComponent()
    return ["-I", usr.appendingPathComponent("lib/swift/pm/ManifestAPI").path, "-package-description-version", "6.2.0"]
  }
}

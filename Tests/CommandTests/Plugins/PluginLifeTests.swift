#if os(Linux)
  import Foundation
  import Testing

  /// From an empty folder to a method that every run knows, and back.
  @Suite struct PluginLifeTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    struct Listing: Decodable {
      let name: String, path: String, names: [Name], stamp: [String: String]?, state: String, reason: String?
      struct Name: Decodable, Equatable { let kind: String, identifier: String }
    }

    func list(_ environment: [String: String] = [:]) throws -> [Listing] {
      let run = try Command.run(["plugin", "list", "--json"], in: folder, environment: environment)
      #expect(run.status == 0, "\(run.errors)")
      return try JSONDecoder().decode([Listing].self, from: Data(run.output.utf8))
    }

    @discardableResult
    func succeed(_ arguments: String...) throws -> Command.Run {
      let run = try Command.run(arguments, in: folder, environment: PluginFixture.building)
      #expect(run.status == 0, "\(arguments): \(run.errors)")
      return run
    }

    @Test func `A new plugin passes its own test, is installed, draws and is removed`() throws {
      try succeed("plugin", "new", "smooth-dots")
      #expect(
        try FileManager.default.subpathsOfDirectory(atPath: folder.path("smooth-dots")).filter { $0.contains(".") }
          .sorted() == [
            ".gitignore", "Package.swift", "README.md", "Sources/SmoothDotsEntry/Entry.swift",
            "Sources/SmoothDotsPlugin/SmoothDots.swift", "Tests/SmoothDotsTests/SmoothDotsTests.swift",
            "Tests/SmoothDotsTests/TinyNetwork.swift",
          ])
      let test = try Command.run(
        ["test", "--package-path", "smooth-dots"], in: folder, environment: PluginFixture.building,
        program: try #require(swift))
      #expect(test.status == 0, "\(test.output) \(test.errors)")
      #expect((test.output + test.errors).contains("Test run with 2 tests in 1 suite passed"))

      #expect(try succeed("plugin", "install", "smooth-dots").output.contains("It adds method smooth-dots\n"))
      #expect(try folder.mode("data/limn/plugins/libSmoothDots.so") == 0o644)
      #expect(try folder.mode("data/limn/plugins") == 0o755)
      let listed = try list()
      #expect(listed.map(\.name) == ["libSmoothDots.so"] && listed.map(\.state) == ["ready"])
      #expect(listed[0].names == [.init(kind: "method", identifier: "smooth-dots")])
      #expect(listed[0].stamp?["kit"] != nil && listed[0].path == folder.path("data/limn/plugins/libSmoothDots.so"))

      #expect(try succeed("methods", "smooth-dots").output.contains("layer"))
      let sheet = try succeed("compare", "--methods", "grad-cam,smooth-dots", "-o", "sheet.svg")
      #expect(sheet.errors.isEmpty)
      #expect(try folder.text("sheet.svg").utf8.count > 10_000)
      let report = try JSONDecoder().decode(
        Report.self,
        from: Data(try succeed("explain", "butterfly-and-cup", "--method", "smooth-dots", "--json").output.utf8))
      #expect(report.status == "ok" && (report.range?.maximum ?? 0) > 0)

      try succeed("plugin", "remove", "smooth-dots")
      #expect(try list().isEmpty)
      #expect(try Command.run(["methods", "smooth-dots"], in: folder).status == 64)
      let again = try Command.run(["plugin", "remove", "smooth-dots"], in: folder)
      #expect(again.status == 66 && again.errors == "limn: no plugin 'smooth-dots' is installed; none is\n")
    }

    @Test(arguments: [
      ("grad-cam", Int32(64), "limn has a method 'grad-cam'"), ("Smooth Dots", 64, "no name for a method"),
      ("../up", 64, "no name for a method"), ("layer", 64, "would be the type Layer, which exists"),
      ("smooth", 64, "limn has a method 'smooth'"), ("taken", 73, "taken is there already"),
    ]) func `A name that cannot be is refused before anything is written`(
      name: String, status: Int32, words: String
    ) throws {
      try folder.write("", to: "taken")
      let run = try Command.run(["plugin", "new", name], in: folder)
      #expect(run.status == status)
      #expect(run.errors.contains(words), "\(run.errors)")
      #expect(try folder.contents == ["taken"])
    }

    @Test func `A plugin is tried before it is installed`() throws {
      let fixture = try PluginFixture.shared()
      for (name, words) in [
        ("Throws", "it needs a camera"), ("Traps", "libTraps.so ends the program that loads it"),
        ("Ends", "ends the program before it has registered"), ("Taken", "which limn has built in"),
      ] {
        let run = try Command.run(["plugin", "install", fixture.path(name)], in: folder)
        #expect(run.status == 65, "\(name): \(run.errors)")
        #expect(run.errors.contains(words), "\(run.errors)")
      }
      #expect(!folder.has("data"))

      #expect(try Command.run(["plugin", "install", fixture.path("Good")], in: folder).status == 0)
      let clash = try Command.run(["plugin", "install", fixture.path("Twice")], in: folder)
      #expect(clash.status == 65 && clash.errors.contains("`limn plugin remove libGood.so` first"))
      // A new build of an installed plugin takes its place.
      #expect(try Command.run(["plugin", "install", fixture.path("Good")], in: folder).status == 0)
      #expect(try list().map(\.name) == ["libGood.so"])
    }

    @Test func `Folders named by the path come first, and hide files of the same name`() throws {
      let fixture = try PluginFixture.shared()
      for place in ["data/limn/plugins", "mine"] {
        try FileManager.default.createDirectory(atPath: folder.path(place), withIntermediateDirectories: true)
      }
      try folder.write(try fixture.bytes("Good"), to: "mine/libGood.so")
      try folder.write(Data("broken".utf8), to: "data/limn/plugins/libGood.so")
      try folder.write(try fixture.bytes("Traps"), to: "data/limn/plugins/libTraps.so")
      let path = ["LIMN_PLUGIN_PATH": "/none:\(folder.path("mine"))"]
      let listed = try list(path)
      #expect(listed.map(\.name) == ["libGood.so", "libGood.so", "libTraps.so"])
      #expect(listed.map(\.state) == ["ready", "hidden", "left out"])
      #expect(listed[2].reason?.contains("ends the program that loads it") == true && listed[2].stamp != nil)
      try FileManager.default.removeItem(atPath: folder.path("data/limn/plugins/libTraps.so"))
      let run = try Command.run(["methods"], in: folder, environment: path)
      #expect(run.status == 0 && run.errors.isEmpty && run.output.contains("scaled-gradient"))
    }

    @Test func `A package that cannot be built, or is none, is refused`() throws {
      let none = try Command.run(["plugin", "build"], in: folder)
      #expect(none.status == 66 && none.errors.contains("holds no Package.swift"))
      try folder.write("// swift-tools-version: 6.2\nlet nothing = 1\n", to: "Package.swift")
      let broken = try Command.run(["plugin", "build"], in: folder)
      #expect(broken.status == 65 && broken.errors.contains("limn: . cannot be built: the compiler's words are above"))
      let lost = try Command.run(["plugin", "new", "dots"], in: folder, environment: ["LIMN_SOURCE": folder.url.path])
      #expect(lost.status == 66 && lost.errors.contains("name a checkout of Limn"))
    }

    private var swift: URL? {
      (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { URL(fileURLWithPath: "\($0)/swift") }.first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }
  }

  extension Folder {
    /// The permissions of a file or folder.
    fileprivate func mode(_ name: String) throws -> Int {
      let attributes = try FileManager.default.attributesOfItem(atPath: path(name))
      return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
    }
  }
#endif

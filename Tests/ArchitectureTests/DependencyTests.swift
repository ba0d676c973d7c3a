import Testing

/// The dependency rules of the house, read off the import lines.
@Suite struct DependencyTests {
  /// From the kernels to the command: each may import those before it.
  static let order = [
    "COneDNN", "Kernels", "GraphEngine", "ONNXImport", "NetworkDefinitions", "KerasImport", "TorchExportImport",
    "GraphAdapter", "Exporting", "Runtimes", "Formats", "Explaining", "Evaluating", "Reporting", "Datasets", "Serving",
    "Limn",
    "LimnCommand", "LimnMain",
  ]
  static let engine: Set = [
    "COneDNN", "Kernels", "GraphEngine", "ONNXImport", "NetworkDefinitions", "KerasImport", "TorchExportImport",
    "GraphAdapter",
  ]

  @Test func `import lines are recognised in every form`() {
    let text = """
      import A
      public import B
      @preconcurrency internal import C
      import struct D.Thing
        import E  // why
      // import F
      let important = 1
      """
    #expect(importedModules(in: text) == ["A", "B", "C", "D", "E"])
    #expect(importedModules(in: "let text = \"\"\"\n  import F\n  \"\"\"\nimport G\n") == ["G"])
  }

  @Test func `a method imports the kit, the methods it composes, and the C library's functions at most`() throws {
    let cLibraries: Set = ["Glibc", "Musl", "Darwin"]
    let table = try Project.methodTable()
    #expect(table.count >= 9)
    for (name, composing) in table {
      let imports = try Project.imports(in: "Plugins/\(name)").subtracting(cLibraries)
      #expect(imports.contains("AttributionKit"), "\(name)")
      #expect(
        imports.isSubset(of: ["AttributionKit", "Masks", "Tensors"] + composing.map { $0 + "Method" }),
        "\(name): \(imports)")
      #expect(imports.isSuperset(of: composing.map { $0 + "Method" }), "\(name) composes what it does not import")
    }
  }

  @Test func `a family of metrics imports the kit, the families it composes, and the C library's functions at most`()
    throws
  {
    let composing = ["Complexity": ["FaithfulnessMetrics"]]
    for family in try Project.contents(of: "Sources/Metrics") {
      let imports = try Project.imports(in: "Sources/Metrics/\(family)").subtracting(["Glibc", "Musl", "Darwin"])
      let others = composing[family] ?? []
      #expect(imports.contains("AttributionKit"), "\(family)")
      #expect(imports.isSubset(of: ["AttributionKit", "Masks", "Tensors"] + others), "\(family): \(imports)")
      #expect(imports.isSuperset(of: others), "\(family) composes what it does not import")
    }
  }

  @Test func `the kit depends on nothing but the standard library`() throws {
    let system: Set = ["Glibc", "Musl", "Darwin"]
    #expect(try Project.imports(in: "Sources/LimnKit/Tensors").isSubset(of: system))
    #expect(try Project.imports(in: "Sources/LimnKit/Masks").isSubset(of: system.union(["Tensors"])))
    #expect(
      try Project.imports(in: "Sources/LimnKit/AttributionKit")
        .isSubset(of: system.union(["Tensors", "Synchronization", "CLimnPlugin"])))
  }

  @Test(arguments: [
    "Kernels", "GraphEngine", "ONNXImport", "NetworkDefinitions", "KerasImport", "TorchExportImport",
  ])
  func `the engine knows no attribution`(
    module: String
  ) throws {
    let imports = try Project.imports(in: "Sources/\(module)")
    #expect(!imports.contains("AttributionKit"))
    #expect(!imports.contains { $0.hasSuffix("Method") || $0 == "MethodCatalog" })
  }

  @Test func `few know both the engine and attribution`()
    throws
  {
    let both = try Project.contents(of: "Sources").filter { folder in
      let imports = try Project.imports(in: "Sources/\(folder)")
      return imports.contains("AttributionKit") && !imports.isDisjoint(with: Self.engine)
    }
    #expect(
      Set(both).isSubset(of: ["GraphAdapter", "Exporting", "Runtimes", "Formats", "Benchmarking", "LimnCommand"]))
  }

  @Test(arguments: DependencyTests.order) func `folder order is dependency order`(module: String) throws {
    let place = try #require(Self.order.firstIndex(of: module))
    let later = Set(Self.order[place...])
    #expect(try Project.imports(in: "Sources/\(module)").isDisjoint(with: later))
  }

  /// What the product `Limn` is made of, and what the command does with whole data sets.
  static let libraries = ["Datasets", "Evaluating", "Explaining", "Formats", "Limn", "Reporting", "Serving"]

  @Test(arguments: libraries) func `the library parses no options and, but for formats, knows no engine`(
    module: String
  ) throws {
    let imports = try Project.imports(in: "Sources/\(module)")
    #expect(imports.isDisjoint(with: ["ArgumentParser", "LimnCommand", "LimnMain"]), "\(imports)")
    if module != "Formats" { #expect(imports.isDisjoint(with: Self.engine), "\(imports)") }
  }

  @Test(arguments: libraries) func `the library prints nothing and ends no process`(module: String) throws {
    let calls = /\b(?:print|debugPrint|dump|exit|abort|fatalError|execv|puts|fputs|printf)\(/
    let streams = /standardError|standardOutput|\bstd(?:err|out)\b/
    for (place, code) in try Project.codeLines(in: "Sources/\(module)") {
      #expect(code.firstMatch(of: calls) == nil && code.firstMatch(of: streams) == nil, "\(place): \(code)")
    }
  }

  @Test(arguments: libraries) func `the library keeps nothing outside of its values`(module: String) throws {
    // What every use of a module shares: variables of types and of files, and constants whose content may change.
    let variables = /\bstatic var [^{]*$|\bstatic var .*=|^(?:\w+(?:\(\w+\))? )*var\b/
    let containers = /\bstatic let .*\b(?:Mutex|Atomic)\b/
    for (place, code) in try Project.codeLines(in: "Sources/\(module)") {
      #expect(code.firstMatch(of: variables) == nil && code.firstMatch(of: containers) == nil, "\(place): \(code)")
    }
  }

  @Test(arguments: ["FileKinds", "Tokenizers"]) func `what files and texts are is known without anything else`(
    module: String
  ) throws {
    #expect(try Project.imports(in: "Sources/\(module)") == ["Foundation"])
  }

  @Test func `readers of files know nothing of each other`() throws {
    let readers: Set = ["ONNXImport", "KerasImport", "TorchExportImport"]
    for reader in readers { #expect(try Project.imports(in: "Sources/\(reader)").isDisjoint(with: readers)) }
  }

  @Test func `photographs and drawings know neither engine nor methods`() throws {
    for module in ["Images", "Rendering"] {
      let imports = try Project.imports(in: "Sources/\(module)")
      #expect(imports.isDisjoint(with: Self.engine.union(["MethodCatalog", "LimnCommand", "LimnMain"])), "\(module)")
      #expect(!imports.contains { $0.hasSuffix("Method") }, "\(module)")
    }
  }

  @Test func `nothing that ships imports the tests`() throws {
    for folder in ["Sources", "Plugins"] {
      #expect(try Project.imports(in: folder).isDisjoint(with: ["TestSupport", "Testing", "XCTest"]))
    }
  }
}

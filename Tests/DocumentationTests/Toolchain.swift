import Foundation

/// The compiler and its kin, and what was built along with these tests.
enum Toolchain {
  /// The folder of the build: modules, and the kit's library.
  static let products: URL = {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    // On macOS the test bundle is a folder, inside which the tests run.
    while folder.path != "/", !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Modules").path) {
      folder.deleteLastPathComponent()
    }
    return folder
  }()

  /// Where a tool of the toolchain lies; `nil` where it is not on the path.
  static func path(of tool: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(tool)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  static func has(_ tools: String...) -> Bool { tools.allSatisfy { path(of: $0) != nil } }

  /// The options by which the modules of this build are found, and the modules in C that they are made of.
  static let modules: [String] = {
    let built = (try? FileManager.default.contentsOfDirectory(atPath: products.path)) ?? []
    let maps = built.filter { $0.hasSuffix(".build") }.map {
      products.appendingPathComponent($0 + "/module.modulemap").path
    }
    let system = ["CCairo", "CHDF5", "CZip", "CPNG/System", "CJPEG/System"].map {
      Project.root.appendingPathComponent("Sources/\($0)/module.modulemap").path
    }
    let packages = products.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("checkouts")
    let yaml = packages.appendingPathComponent("Yams/Sources/CYaml/include/module.modulemap").path
    var options = ["-I", products.appendingPathComponent("Modules").path]
    for map in (maps + system + [yaml]).sorted() where FileManager.default.fileExists(atPath: map) {
      options += ["-Xcc", "-fmodule-map-file=\(map)"]
    }
    for option in headers { options += ["-Xcc", String(option)] }
    return options
  }()

  /// The options by which the headers of the libraries are found that those modules include.
  private static var headers: [Substring] {
    let libraries = ["libpng", "libjpeg", "cairo", "hdf5", "libzip"]
    guard has("pkg-config"), let folder = try? Folder(),
      let run = try? run("pkg-config", ["--cflags"] + libraries, in: folder), run.status == 0
    else { return [] }
    return run.output.split { $0.isWhitespace }
  }

  /// What came of running a tool.
  struct Run {
    let status: Int32
    let output: String
  }

  /// Runs a program and waits for its end; what it prints, errors among it, goes to a file, since a full pipe would
  /// halt it.
  static func run(
    _ program: String, _ arguments: [String], in folder: Folder, environment: [String: String] = [:]
  ) throws -> Run {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program.hasPrefix("/") ? program : path(of: program) ?? program)
    process.arguments = arguments
    process.currentDirectoryURL = folder.url
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, given in given }
    let log = folder.url.appendingPathComponent(".log-\(UUID().uuidString)")
    try Data().write(to: log)
    let handle = try FileHandle(forWritingTo: log)
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return Run(
      status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: String(decoding: try Data(contentsOf: log), as: UTF8.self))
  }
}

/// A temporary folder that is gone when the test is.
final class Folder {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("limn-docs-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  func write(_ text: String, to name: String) throws {
    try text.write(to: url.appendingPathComponent(name), atomically: true, encoding: .utf8)
  }
}

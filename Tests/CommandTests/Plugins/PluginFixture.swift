import Foundation

/// The plugins of `Tests/Fixtures/Plugins`, built once per run by `limn plugin build`.
struct PluginFixture {
  /// Where the libraries are.
  private let libraries: URL

  private static let built = Result { try PluginFixture() }

  /// The fixture, or why it cannot be built.
  static func shared() throws -> PluginFixture { try built.get() }

  private init() throws {
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Fixtures/Plugins").standardizedFileURL
    let package = FileManager.default.temporaryDirectory.appendingPathComponent("limn-fixture-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: package, withIntermediateDirectories: true)
    Self.leftovers = strdup(package.path)
    atexit {
      if let path = PluginFixture.leftovers { try? FileManager.default.removeItem(atPath: String(cString: path)) }
    }
    for name in ["Package.swift", "Sources"] {
      try FileManager.default.copyItem(
        at: sources.appendingPathComponent(name), to: package.appendingPathComponent(name))
    }
    let folder = try Folder()
    let run = try Command.run(["plugin", "build", package.path], in: folder, environment: Self.building)
    guard run.status == 0, let first = run.output.split(separator: "\n").first else {
      throw Unbuilt(words: run.errors)
    }
    libraries = URL(fileURLWithPath: String(first)).deletingLastPathComponent()
  }

  /// Where packages are built: what one run compiles, above all the kit, serves the next.
  static let building = [
    "SWIFTPM_BUILD_DIR": Command.executable.deletingLastPathComponent().appendingPathComponent("fixtures-of-tests").path
  ]

  struct Unbuilt: Error { let words: String }

  nonisolated(unsafe) private static var leftovers: UnsafeMutablePointer<CChar>?

  /// The path of one of them, by the name of its target.
  func path(_ name: String) -> String { libraries.appendingPathComponent("lib\(name).so").path }

  func bytes(_ name: String) throws -> Data { try Data(contentsOf: libraries.appendingPathComponent("lib\(name).so")) }

  /// The good plugin with every occurrence of a text replaced by one of the same length.
  func patched(_ text: String, by other: String) throws -> Data {
    let (old, new) = (Data(text.utf8), Data(other.utf8))
    precondition(old.count == new.count)
    var bytes = try bytes("Good")
    var found = 0
    while let place = bytes.firstRange(of: old) {
      bytes.replaceSubrange(place, with: new)
      found += 1
    }
    guard found > 0 else { throw Unbuilt(words: "the good plugin does not hold '\(text)'") }
    return bytes
  }
}

import Foundation
import Testing

/// The hash in the kit's header changes with what plugins take for granted, and with nothing else.
@Suite struct ABIHashTests {
  /// A kit of its three modules, as small as they come.
  static let kit = [
    "Tensors/Tensor.swift": """
    public struct Tensor {
      public var scalars: [Float]
      @inlinable public func sum() -> Float { scalars.reduce(0, +) }
      public func count() -> Int { scalars.count }
    }
    """,
    "Masks/Masks.swift": "public struct Mask { public let side: Int }",
    "AttributionKit/Kit.swift": """
    public import Tensors
    public struct Layer { public let name: String; private let secret: Secret }
    private struct Secret { let a: Int }
    public enum Kind { case first, second }
    public protocol Method { func attribution(of layer: Layer, scale: Float) -> Tensor }
    """,
  ]

  static let tool = Project.root.appendingPathComponent("Tests/Tools/abi_hash.sh")
  static let hasCompiler =
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .contains { FileManager.default.isExecutableFile(atPath: "\($0)/swiftc") }

  /// The hash of the small kit with one text replaced in one of its files.
  private static func hash(replacing old: String = "", with new: String = "") throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("limn-abi-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for module in ["Tensors", "Masks", "AttributionKit", "CLimnPlugin/include"] {
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent(module), withIntermediateDirectories: true)
    }
    for (name, text) in kit {
      let edited = old.isEmpty ? text : text.replacingOccurrences(of: old, with: new)
      try edited.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
    }
    let process = Process(), pipe = Pipe()
    process.executableURL = tool
    process.arguments = ["print", folder.path]
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: output, as: UTF8.self)
  }

  @Test(.enabled(if: hasCompiler, "swiftc is not on the PATH"))
  func `fields, cases, requirements and inlinable bodies change the hash, comments and other bodies do not`() throws {
    let hash = try Self.hash()
    #expect(hash.count == 17)
    for (old, new) in [
      ("public enum Kind", "// Why there are two.\npublic enum Kind"), ("scalars.reduce", "/* why */ scalars.reduce"),
      ("{ scalars.count }", "{ 1 + scalars.count - 1 }"),
    ] {
      #expect(try Self.hash(replacing: old, with: new) == hash, "\(new)")
    }
    for (old, new) in [
      ("private let secret", "private let other: Int; private let secret"), ("let a: Int", "let a: Int, b: Int"),
      ("let side: Int", "let side: Float"), ("case first, second", "case first, second, third"),
      ("case first, second", "case second, first"),
      ("public protocol Method {", "public protocol Method { var cost: Int { get };"),
      ("reduce(0, +)", "reduce(1, +)"),
    ] {
      #expect(try Self.hash(replacing: old, with: new) != hash, "\(new)")
    }
  }
}

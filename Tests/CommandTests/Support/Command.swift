import Foundation
import Images

/// The built command, run as people and scripts run it.
enum Command {
  /// The executable that was built along with these tests, or the one that `LIMN_COMMAND` names.
  static let executable: URL = {
    if let path = ProcessInfo.processInfo.environment["LIMN_COMMAND"] { return URL(fileURLWithPath: path) }
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    // On macOS the test bundle is a folder, inside which the tests run.
    for _ in 0..<4 {
      let candidate = folder.appendingPathComponent("limn")
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder), !isFolder.boolValue {
        return candidate
      }
      folder.deleteLastPathComponent()
    }
    return URL(fileURLWithPath: "limn")
  }()

  /// What came of a run.
  struct Run {
    let status: Int32
    let output: String
    let errors: String
  }

  /// Runs `limn`, or another program, with these arguments in `folder` and waits for its end.
  static func run(
    _ arguments: [String], in folder: Folder, environment: [String: String] = [:], program: URL = executable
  ) throws -> Run {
    let process = try start(arguments, in: folder, environment: environment, program: program)
    process.waitUntilExit()
    return Run(
      status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: try folder.text(".stdout"), errors: try folder.text(".stderr"))
  }

  /// Starts `limn`; its output goes to files, since a full pipe would halt it.
  static func start(
    _ arguments: [String], in folder: Folder, environment: [String: String] = [:], output: FileHandle? = nil,
    program: URL = executable
  ) throws -> Process {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder.url
    // Nothing that is installed or set on this machine takes part.
    let bare = [
      "XDG_DATA_HOME": folder.path("data"), "XDG_CONFIG_HOME": folder.path(".config"), "LIMN_PLUGIN_PATH": "",
    ]
    process.environment = ProcessInfo.processInfo.environment.merging(bare) { _, given in given }
      .merging(environment) { _, given in given }
    process.standardOutput = try output ?? folder.create(".stdout")
    process.standardError = try folder.create(".stderr")
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return process
  }
}

/// A temporary folder that is gone when the test is.
final class Folder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("limn-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
  func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: url.appendingPathComponent(name))) }
  func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }
  func write(_ bytes: some Collection<UInt8>, to name: String) throws {
    try Data(bytes).write(to: url.appendingPathComponent(name))
  }
  func write(_ text: String, to name: String) throws { try write(text.utf8, to: name) }
  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// Everything in the folder but what the command printed.
  var contents: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: url.path).filter { ![".stdout", ".stderr"].contains($0) }
        .sorted()
    }
  }

  func create(_ name: String) throws -> FileHandle {
    try Data().write(to: url.appendingPathComponent(name))
    return try FileHandle(forWritingTo: url.appendingPathComponent(name))
  }

  /// A photograph of two colours, wider than high.
  func writePhotograph(_ name: String = "photo.png") throws {
    var photograph = Raster(width: 200, height: 140, fill: (180, 190, 220))
    for y in 40..<100 { for x in 60..<150 { photograph[x, y] = (200, UInt8(x), UInt8(y)) } }
    try write(photograph.pngData(), to: name)
  }
}

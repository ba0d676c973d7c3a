import Foundation

/// Another program, run to its end.
struct ChildProcess {
  let program: String
  let arguments: [String]

  init(_ program: String, _ arguments: [String]) { (self.program, self.arguments) = (program, arguments) }

  /// What came of a run; `status` is negative where a signal ended it.
  struct Run {
    let status: Int32
    let output: String
    let errors: String
  }

  /// Runs it and keeps what it printed; with `showingErrors`, what it says on standard error is passed on at once, and
  /// with `showingAll` its results, too, go there.
  func run(showingErrors: Bool = false, showingAll: Bool = false, environment: [String: String] = [:]) throws -> Run {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, given in given }
    process.standardInput = FileHandle.nullDevice
    // Through files, since a full pipe would halt it.
    let (output, errors) = (try Scratch(), try Scratch())
    process.standardOutput = showingAll ? FileHandle.standardError : output.handle
    process.standardError = showingErrors || showingAll ? FileHandle.standardError : errors.handle
    do { try process.run() } catch {
      throw Failure.internalError("cannot start \(program): \(error.localizedDescription)")
    }
    process.waitUntilExit()
    let status = process.terminationStatus
    return Run(
      status: process.terminationReason == .exit ? status : -status, output: try output.text(),
      errors: try errors.text())
  }

  /// The program of this name in the folders of `PATH`.
  static func find(_ name: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// A nameless file for what a child prints.
  private struct Scratch {
    let handle: FileHandle

    init() throws {
      let folder = FileManager.default.temporaryDirectory
      let path = folder.appendingPathComponent("limn-\(UUID().uuidString)").path
      let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard file >= 0 else {
        throw Failure.cannotCreate("cannot write to \(folder.path) (\(String(cString: strerror(errno)))): set TMPDIR")
      }
      unlink(path)
      handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
    }

    func text() throws -> String {
      try handle.seek(toOffset: 0)
      return String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
    }
  }
}

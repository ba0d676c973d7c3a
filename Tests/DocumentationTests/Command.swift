import Foundation
import Images
import Tensors
import Testing

/// The built command in a home of its own, where plugins are installed for as long as this lives.
final class Command {
  let home: Folder
  /// Where the command works; a photograph lies there.
  let folder: Folder
  /// What is built for one package serves the others, and the next run: above all the kit.
  private static let builds = Toolchain.products.appendingPathComponent("plugins-of-tests")

  init() throws {
    (home, folder) = (try Folder(), try Folder())
    var photograph = Raster(width: 90, height: 60, fill: (180, 190, 220))
    for y in 20..<40 { for x in 30..<60 { photograph[x, y] = (200, UInt8(x), UInt8(y)) } }
    try Data(photograph.pngData()).write(to: folder.url.appendingPathComponent("photo.png"))
    try Data(photograph.jpegData()).write(to: folder.url.appendingPathComponent("photo.jpg"))
  }

  var environment: [String: String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return [
      "PATH": "\(Toolchain.products.path):\(path)", "HOME": home.url.path, "XDG_DATA_HOME": home.path("data"),
      "XDG_CONFIG_HOME": home.path("config"), "SWIFTPM_BUILD_DIR": Self.builds.path, "LIMN_PLUGIN_PATH": "",
    ]
  }

  /// Copies an example there, without what was built in it.
  func bring(example name: String) throws {
    let source = Project.root.appendingPathComponent("Documentation/Examples/\(name)")
    for item in try FileManager.default.contentsOfDirectory(atPath: source.path) where !item.hasPrefix(".") {
      try FileManager.default.copyItem(
        at: source.appendingPathComponent(item), to: folder.url.appendingPathComponent(item))
    }
  }

  /// Runs lines as a shell does, up to the first that fails.
  func shell(_ script: String) throws -> Toolchain.Run {
    try Toolchain.run("bash", ["-euc", script], in: folder, environment: environment)
  }

  /// The shell's lines on a page, but for tests, which run with Limn's own.
  func run(page path: String) throws {
    for fence in try Page(path: path).fences where fence.language == "sh" {
      let lines = fence.code.split(separator: "\n").filter { !$0.hasPrefix("swift test") }
      let run = try shell(lines.joined(separator: "\n"))
      #expect(run.status == 0, "\(path), line \(fence.line): \(run.output)")
    }
  }

  func array(_ name: String) throws -> Tensor { try NumPyFile.read(contentsOf: folder.path(name)) }
}

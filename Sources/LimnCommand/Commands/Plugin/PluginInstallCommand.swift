import ArgumentParser
import Explaining
import Foundation
import Images

/// `limn plugin install`: for every run from now on.
struct PluginInstallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install", abstract: "Try a plugin, and copy it to where every run finds it.",
    discussion: """
      A package is built first. The library is loaded in a process of its own and goes to \
      $XDG_DATA_HOME/limn/plugins, ~/.local/share/limn/plugins without that variable; one of the same name is replaced.
      """)

  @Argument(
    help: ArgumentHelp("The plugin's library, or its package.", valueName: "file|folder"), completion: .file())
  var path = "."

  func run() throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw Failure.missingInput("there is no plugin \(path)")
    }
    for library in isFolder.boolValue ? try PluginBuild.libraries(of: path) : [path] { try install(library) }
  }

  private func install(_ library: String) throws {
    let inspection = try PluginInspection(of: library)
    let name = (library as NSString).lastPathComponent
    guard name.hasSuffix(".so") else {
      throw Failure.usage("\(library) would not be found again: a plugin's name ends in .so")
    }
    let folder = PluginFolders.installed
    for other in PluginFolders.libraries(in: folder) where (other as NSString).lastPathComponent != name {
      // One that cannot be loaded takes no names.
      guard let taken = try? PluginInspection(of: other).names.first(where: inspection.names.contains) else { continue }
      throw Failure.badData(
        "\(library) adds a \(taken.kind.rawValue) '\(taken.identifier)', as \(other) does: rename it, or "
          + "`limn plugin remove \((other as NSString).lastPathComponent)` first")
    }
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    } catch { throw Failure.cannotCreate("cannot make the folder \(folder): \(error.localizedDescription)") }
    let place = "\(folder)/\(name)"
    let bytes = try InputFile.contents(of: library, as: "plugin")
    try AtomicFile.write(Array(bytes), to: place)
    chmod(place, 0o644)
    do { try PluginTrust.check(place) } catch {
      unlink(place)
      throw error
    }
    Console.say("Installed: \(place)")
    Console.say("It adds \(inspection.additions)")
  }
}

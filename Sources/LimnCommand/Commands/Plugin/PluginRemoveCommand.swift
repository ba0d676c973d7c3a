import ArgumentParser
import Foundation

/// `limn plugin remove`: the end of an installed one.
struct PluginRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "remove", abstract: "Remove an installed plugin.")

  @Argument(
    help: ArgumentHelp(
      "The file's name, with or without 'lib' and '.so'; hyphens and capitals do not matter.", valueName: "name"))
  var name: String

  func run() throws {
    let installed = PluginFolders.libraries(in: PluginFolders.installed)
    guard let path = installed.first(where: { Self.bare($0) == Self.bare(name) }) else {
      let names = installed.map { ($0 as NSString).lastPathComponent }.joined(separator: ", ")
      throw Failure.missingInput(
        "no plugin '\(name)' is installed" + (names.isEmpty ? "; none is" : "; installed are \(names)"))
    }
    guard unlink(path) == 0 else {
      throw Failure.cannotCreate("cannot remove \(path): \(String(cString: strerror(errno)))")
    }
    Console.say("Removed: \(path)")
  }

  /// `smoothdots` for `smooth-dots`, `SmoothDots` and `libSmoothDots.so`.
  private static func bare(_ name: String) -> String {
    var bare = (name as NSString).lastPathComponent
    if bare.hasSuffix(".so") { bare = String(bare.dropLast(3)) }
    if bare.hasPrefix("lib") { bare = String(bare.dropFirst(3)) }
    return bare.filter { $0.isLetter || $0.isNumber }.lowercased()
  }
}

import ArgumentParser

/// `limn plugin build`: from a package to a library.
struct PluginBuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build", abstract: "Build a plugin's package, and print where the library is.")

  @Argument(help: ArgumentHelp("The package.", valueName: "folder"), completion: .directory)
  var folder = "."

  func run() throws {
    for library in try PluginBuild.libraries(of: folder) { Console.say(library) }
  }
}

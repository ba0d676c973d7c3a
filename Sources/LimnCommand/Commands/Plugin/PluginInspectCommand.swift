import ArgumentParser

/// `limn plugin inspect`: loads one plugin and tells what it adds, for other subcommands, which run it as a process of
/// its own lest a broken plugin end them.
struct PluginInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "inspect", shouldDisplay: false)

  @Argument var path: String

  func run() throws {
    let (stamp, contributions) = try Plugins.load(path)
    try JSONOutput.show(PluginInspection(stamp: stamp.fields, names: contributions.names))
  }
}

import ArgumentParser
import Explaining

/// `limn plugin inspect`: loads one plugin and tells what it adds, for other subcommands, which run it as a process of
/// its own lest a broken plugin end them.
struct PluginInspectCommand: UsesCatalogue {
  static let configuration = CommandConfiguration(commandName: "inspect", shouldDisplay: false)

  @Argument var path: String

  func run(with catalogue: Catalogue) throws {
    var catalogue = catalogue
    let (stamp, contributions) = try LoadedPlugins.load(path, into: &catalogue)
    try JSONOutput.show(PluginInspection(stamp: stamp.fields, names: contributions.names))
  }
}

import ArgumentParser

/// `limn plugin`: methods from outside.
struct PluginCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugin", abstract: "Begin, build, install, list and remove plugins: methods of your own and others.",
    discussion: """
      A plugin is a shared library that adds methods, gradient rules, targets, colour maps or model formats to this \
      command. It runs as part of it: install what you trust.

      Example:
        limn plugin new smooth-dots
        limn plugin install smooth-dots
        limn compare --methods grad-cam,smooth-dots
      """,
    subcommands: [
      PluginNewCommand.self, PluginBuildCommand.self, PluginInstallCommand.self, PluginListCommand.self,
      PluginRemoveCommand.self, PluginInspectCommand.self,
    ])
}

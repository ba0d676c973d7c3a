import ArgumentParser

/// Which plugins to load besides those installed.
struct PluginOptions: ParsableArguments {
  @Option(
    name: .customLong("plugin"),
    help: ArgumentHelp(
      "A plugin to load for this run; may be given several times.",
      discussion: "Those of LIMN_PLUGIN_PATH and those installed are loaded anyway: 'limn plugin list'.",
      valueName: "file"), completion: .file(extensions: ["so"]))
  var files: [String] = []
}

/// A command that knows methods, targets, colours or models that plugins may bring.
protocol UsesPlugins {
  var plugins: PluginOptions { get }
}

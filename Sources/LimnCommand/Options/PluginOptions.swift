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

/// A command whose catalogue holds what plugins bring.
protocol LoadsPlugins: UsesCatalogue {
  var plugins: PluginOptions { get }
}

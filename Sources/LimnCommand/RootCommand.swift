import ArgumentParser
import Images
import Reporting

/// What `--version` prints: this release, and the libraries that read pictures, which are opened for nothing else.
private var versions: String {
  CommandLine.arguments.contains("--version")
    ? "\(Release.version)\npictures: \(PictureLibrary.summary)" : Release.version
}

/// The command: where a vision network looks, by every well-known method, side by side.
struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "limn",
    abstract: "Show where a vision network looks, by every well-known attribution method, side by side.",
    discussion: """
      Without a network, a small one that comes with the command is explained: try `limn compare`.

      Exit status: 0 success, 64 wrong usage, 65 unusable data, 66 missing input, 70 internal error, 73 output \
      cannot be written; of `batch` also 3 some pictures could not be used, 75 try again.
      """,
    version: versions,
    subcommands: [
      BatchCommand.self, CompareCommand.self, DiffCommand.self, ExplainCommand.self, PredictCommand.self,
      LayersCommand.self, InitCommand.self, BenchmarkCommand.self, EvaluateCommand.self, ExportCommand.self,
      MergeCommand.self, MethodsCommand.self, MetricsCommand.self,
      NetworksCommand.self,
      PluginCommand.self,
      RecommendCommand.self,
      ScenesCommand.self,
      ServeCommand.self,
      PipeCommand.self,
    ])
}

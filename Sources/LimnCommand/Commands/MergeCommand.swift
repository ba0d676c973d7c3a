import ArgumentParser
import Datasets
import Explaining
import Reporting

/// `limn merge`: the shards of a data set joined.
struct MergeCommand: LoadsPlugins {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Join the shards of a data set into what one run would have written.",
    discussion: """
      Makes sure that every shard is there and finished, that they were made with the same network and settings, and that no \
      picture is missing; what it writes is, byte for byte, what `limn batch` without shards writes.

      Exit status: that of `limn batch`; 75 where shards are not finished.

      Examples:
        limn merge maps
        limn merge node1/maps node2/maps -o maps
      """)

  @Argument(
    help: ArgumentHelp("Folders that `limn batch --shard` has written to.", valueName: "folder"), completion: .directory
  )
  var folders: [String]

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("The folder for the whole; without it, the only folder itself.", valueName: "folder"),
    completion: .directory)
  var output: String?

  @OptionGroup(title: "Plugins") var plugins: PluginOptions

  @Flag(help: "Print the manifest as JSON.")
  var json = false

  func validate() throws {
    if folders.isEmpty { throw ValidationError("which folders? Name what `limn batch --shard` has written to") }
    if folders.count > 1, output == nil {
      throw ValidationError("several folders are joined into another: name it with -o")
    }
  }

  func run(with catalogue: Catalogue) throws {
    let manifest: DatasetManifest, place = output ?? folders[0]
    do { manifest = try DatasetMerge(folders, output: place).join(in: catalogue.withAliases()) } catch {
      throw Failure(batch: error)
    }
    if json {
      try JSONOutput.show(manifest)
    } else {
      Console.say("\(manifest.pictures) pictures: \(manifest.explained) explained")
      Console.say("Written: \(place)/manifest.json, \(place)/\(manifest.results.file)")
    }
    guard manifest.unusable == 0 else {
      throw Failure.partial(
        "\(manifest.unusable) of \(manifest.pictures) pictures could not be used; \(place)/\(manifest.results.file) says why"
      )
    }
  }
}

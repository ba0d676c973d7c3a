import AttributionKit
import Explaining

/// The plugins of a run.
enum LoadedPlugins {
  /// Adds what plugins bring to the catalogue: those named first, then those found.
  ///
  /// A plugin that was named must load; one that was only found is reported and left out where it does not.
  static func load(_ options: PluginOptions, into catalogue: inout Catalogue) throws {
    var named: Set<String> = []
    for path in options.files where named.insert(path).inserted { try load(path, into: &catalogue) }
    for path in PluginFolders.found(hidden: options.files) {
      do { try load(path, into: &catalogue) } catch {
        Console.note("left out a plugin: \(ExitStatus.sentence(on: error))")
      }
    }
  }

  /// Loads one plugin into the catalogue, and tells its stamp and what it added.
  @discardableResult
  static func load(
    _ path: String, into catalogue: inout Catalogue
  ) throws -> (stamp: PluginStamp, contributions: Contributions) {
    let file = try PluginFile(path)
    let contributions = try file.contributions()
    try catalogue.add(contributions, from: path)
    return (file.stamp, contributions)
  }
}

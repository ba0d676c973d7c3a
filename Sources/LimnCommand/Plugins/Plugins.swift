import AttributionKit

/// The plugins of a run.
enum Plugins {
  /// Adds what plugins bring to the catalogue: those named first, then those found.
  ///
  /// A plugin that was named must load; one that was only found is reported and left out where it does not.
  static func load(_ options: PluginOptions) throws(Failure) {
    var named: Set<String> = []
    for path in options.files where named.insert(path).inserted { try load(path) }
    for path in PluginFolders.found(hidden: options.files) {
      do { try load(path) } catch { Console.note("left out a plugin: \(error.description)") }
    }
  }

  /// Loads one plugin into the catalogue, and tells its stamp and what it added.
  @discardableResult
  static func load(_ path: String) throws(Failure) -> (stamp: PluginStamp, contributions: Contributions) {
    let file = try PluginFile(path)
    let contributions = try file.contributions()
    try Catalogue.current.add(contributions, from: path)
    return (file.stamp, contributions)
  }
}

import ArgumentParser
import Explaining
import Foundation

/// `limn plugin list`: what every run finds.
struct PluginListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the plugins found, what they add, and why any is left out.")

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let plugins = PluginListing.all()
    if json { return try JSONOutput.show(plugins) }
    guard !plugins.isEmpty else {
      Console.say("There are no plugins in \(PluginFolders.all.joined(separator: ", ")).")
      return Console.say("`limn plugin new NAME` begins one.")
    }
    for (position, plugin) in plugins.enumerated() {
      if position > 0 { Console.say("") }
      Console.say(heading: plugin.name)
      if !plugin.names.isEmpty { Console.say("  adds   \(plugin.additions)") }
      if let stamp = plugin.stamp { Console.say("  for    \(PluginStamp(fields: stamp).summary)") }
      Console.say("  file   \(plugin.path)")
      Console.say("  state  \(plugin.state.rawValue)\(plugin.reason.map { ": \($0)" } ?? "")")
    }
  }
}

/// A plugin as `limn plugin list` shows it.
struct PluginListing: Encodable {
  let name: String
  let path: String
  var names: [Catalogue.Name] = []
  /// What it was built against, where it says.
  var stamp: [String: String]?
  var state = State.ready
  /// Why it is not loaded.
  var reason: String?

  enum State: String, Encodable {
    case ready
    /// Something speaks against it.
    case leftOut = "left out"
    /// An earlier one has the same file name.
    case hidden
  }

  var additions: String { PluginInspection.additions(names) }

  /// Every library found, in the order they are loaded; each is tried in a process of its own.
  static func all() -> [PluginListing] {
    var owners: [Catalogue.Name: String] = [:]
    var places: [String: String] = [:]
    return PluginFolders.all.flatMap(PluginFolders.libraries).map { path in
      var listing = PluginListing(name: (path as NSString).lastPathComponent, path: path)
      listing.stamp =
        (try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped))
        .flatMap(PluginStamp.init(in:))?.fields
      if let earlier = places[listing.name] {
        (listing.state, listing.reason) = (.hidden, "\(earlier) comes first")
        return listing
      }
      places[listing.name] = path
      do {
        listing.names = try PluginInspection(of: path).names
        if let taken = listing.names.first(where: { owners[$0] != nil }), let owner = owners[taken] {
          throw Failure.badData("\(owner) adds a \(taken.kind.rawValue) '\(taken.identifier)', too: remove one of them")
        }
        for name in listing.names { owners[name] = path }
      } catch {
        (listing.state, listing.reason) = (.leftOut, ExitStatus.sentence(on: error))
      }
      return listing
    }
  }
}

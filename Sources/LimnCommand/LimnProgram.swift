public import AttributionKit
import ArgumentParser
import Explaining
import Foundation

/// The command `limn` as a program of your own can run it.
public enum LimnProgram {
  /// Reads the arguments of the process, does what they say, and ends the process with an exit status.
  public static func main() { main(adding: Contributions()) }

  /// The same, with methods of the program's own beside those built in.
  public static func main(adding methods: [MethodDescriptor]) { main(adding: Contributions(methods: methods)) }

  /// The same, with anything a module can add; a name that is taken already ends the process with status 65.
  public static func main(adding contributions: Contributions) {
    Waiting.sleepsWhereBusy()
    // A reader that leaves (`limn methods | head -1`) must not kill the work half-way.
    signal(SIGPIPE, SIG_IGN)
    Interruption.leavesNoFiles()
    do {
      try run(adding: contributions)
      try Console.checkResults()
    } catch {
      Interruption.awaitEnd()
      Foundation.exit(ExitStatus.report(error))
    }
  }

  private static func run(adding contributions: Contributions) throws {
    var catalogue = Catalogue()
    try catalogue.add(contributions)
    var command = try RootCommand.parseAsRoot()
    guard var named = command as? any UsesCatalogue else { return try command.run() }
    if let loading = command as? any LoadsPlugins { try LoadedPlugins.load(loading.plugins, into: &catalogue) }
    try named.run(with: catalogue)
  }
}

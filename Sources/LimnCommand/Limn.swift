public import AttributionKit
import ArgumentParser
import Foundation

/// The command `limn` as a program of your own can run it.
public enum Limn {
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
      try Catalogue.current.add(contributions, from: "this program")
      var command = try RootCommand.parseAsRoot()
      if let command = command as? any UsesPlugins { try Plugins.load(command.plugins) }
      try command.run()
      try Console.checkResults()
    } catch {
      Interruption.awaitEnd()
      Foundation.exit(ExitStatus.report(error))
    }
  }
}

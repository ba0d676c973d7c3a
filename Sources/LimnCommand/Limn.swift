import ArgumentParser
import Foundation

/// The command `limn` as a program of your own can run it.
public enum Limn {
  /// Reads the arguments of the process, does what they say, and ends the process with an exit status.
  public static func main() {
    Waiting.sleepsWhereBusy()
    // A reader that leaves (`limn methods | head -1`) must not kill the work half-way.
    signal(SIGPIPE, SIG_IGN)
    Interruption.leavesNoFiles()
    do {
      var command = try RootCommand.parseAsRoot()
      try command.run()
      try Console.checkResults()
    } catch {
      Interruption.awaitEnd()
      Foundation.exit(ExitStatus.report(error))
    }
  }
}

import ArgumentParser
import Explaining

/// `limn pipe`: answers another program's requests, one after the other, until that program is gone.
///
/// The Python module is that program: `Sources/Python`. The protocol is its own and changes with it.
struct PipeCommand: LoadsPlugins {
  static let configuration = CommandConfiguration(
    commandName: "pipe", abstract: "Answer requests on standard input, as the Python module makes them.",
    shouldDisplay: false)

  @OptionGroup var plugins: PluginOptions

  func run(with catalogue: Catalogue) throws {
    let connection = PipeConnection()
    var session = PipeSession(catalogue: catalogue) { try connection.checkCancellation() }
    connection.start()
    while let request = connection.next() {
      let reply: PipeReply
      do { reply = try session.reply(to: request.message, request.frames) } catch {
        reply = PipeReply(PipeProblem(error))
      }
      try connection.send(reply, to: request.message)
    }
  }
}

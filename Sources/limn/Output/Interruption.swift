import Dispatch
import Foundation
import Images

/// Ctrl-C and its kin: the program ends as it would have anyway, but leaves no beginning of a file behind.
enum Interruption {
  // Sources that nobody holds on to stop watching.
  nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []

  static func leavesNoFiles() {
    // A signal ignored by whoever started us, as `nohup` does, stays ignored.
    let ignored = unsafeBitCast(SIG_IGN, to: Int.self)
    for number in [SIGINT, SIGTERM, SIGHUP] where unsafeBitCast(signal(number, SIG_IGN), to: Int.self) != ignored {
      // An ordinary thread takes the signal: little is safe to do in a handler.
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
      source.setEventHandler {
        AtomicFile.removePending()
        signal(number, SIG_DFL)
        kill(getpid(), number)
      }
      source.resume()
      sources.append(source)
    }
  }
}

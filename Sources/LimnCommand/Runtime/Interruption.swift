import Dispatch
import Foundation
import Images
import Synchronization

/// Ctrl-C and its kin: the program ends as it would have anyway, but leaves no beginning of a file behind.
enum Interruption {
  // Sources that nobody holds on to stop watching.
  nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []

  private static let hasBegun = Atomic(false)

  /// Halts a thread that meets an error while the program is being ended, lest it blame the missing file.
  static func awaitEnd() {
    while hasBegun.load(ordering: .sequentiallyConsistent) { pause() }
  }

  /// What is done at the first signal instead of ending at once, by a command that can stop in good order.
  private static let goodEnd = Mutex<(@Sendable () -> Void)?>(nil)

  /// Makes the first signal call `stop`; the second ends the program as ever.
  static func stops(by stop: @escaping @Sendable () -> Void) { goodEnd.withLock { $0 = stop } }

  static func leavesNoFiles() {
    // A signal ignored by whoever started us, as `nohup` does, stays ignored.
    let ignored = unsafeBitCast(SIG_IGN, to: Int.self)
    for number in [SIGINT, SIGTERM, SIGHUP] where unsafeBitCast(signal(number, SIG_IGN), to: Int.self) != ignored {
      // An ordinary thread takes the signal: little is safe to do in a handler.
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
      source.setEventHandler {
        if let stop = goodEnd.withLock({ stop in
          defer { stop = nil }
          return stop
        }) {
          return stop()
        }
        hasBegun.store(true, ordering: .sequentiallyConsistent)
        AtomicFile.removePending()
        // Threads of this pool take no signals, and some parents start their children that way.
        var unblocked = sigset_t()
        sigemptyset(&unblocked)
        sigaddset(&unblocked, number)
        pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
        signal(number, SIG_DFL)
        raise(number)
      }
      source.resume()
      sources.append(source)
    }
  }
}

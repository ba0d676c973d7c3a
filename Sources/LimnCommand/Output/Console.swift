import AttributionKit
import Explaining
import Foundation
import Synchronization

/// The two streams of a command: results on standard output, everything else on standard error.
enum Console {
  static let errorsAreSeen = isatty(STDERR_FILENO) == 1
  static let resultsAreSeen = isatty(STDOUT_FILENO) == 1

  /// One line of result, whatever names of a file are in it.
  static func say(_ line: String) { write(line.printableLines + "\n") }

  /// A heading, set off where a terminal shows it.
  static func say(heading text: String, _ rest: String = "") {
    write(Style.strong.applied(to: text.printableLines, resultsAreSeen) + rest.printableLines + "\n")
  }

  /// Results as they are, at once, so that they keep their order among notes.
  static func write(_ text: String) {
    guard problem.load(ordering: .relaxed) == 0 else { return }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if written >= 0 {
        rest = rest.dropFirst(written)
      } else if errno != EINTR {
        return problem.store(errno, ordering: .relaxed)
      }
    }
  }

  /// Why results could not be written; the rest of them is dropped, but files are still made.
  private static let problem = Atomic<Int32>(0)

  /// Makes sure that all results arrived, unless whoever read them has had enough (`limn methods | head -1`).
  static func checkResults() throws(Failure) {
    let problem = problem.load(ordering: .relaxed)
    guard problem == 0 || problem == EPIPE else {
      throw .cannotCreate(
        "cannot write to standard output (\(String(cString: strerror(problem)))): "
          + (problem == ENOSPC ? "make room, or send it elsewhere" : "send it elsewhere"))
    }
  }

  /// Something worth knowing that is neither a result nor an error.
  static func note(_ sentence: String) {
    complain(Style.dim.applied(to: "limn: note: \(sentence.printableLines)", errorsAreSeen))
  }

  /// The same, with the option by which what was assumed is chosen.
  static func note(_ note: Note) { self.note(Hint.completing(note)) }

  /// An error, the last thing a command says.
  static func fail(_ sentence: String) {
    complain("\(Style.alarm.applied(to: "limn:", errorsAreSeen)) \(sentence.printableLines)")
  }

  private static func complain(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}

/// Terminal styles, which apply only where someone looks and `NO_COLOR` is not set (no-color.org).
enum Style: String {
  case strong = "1"
  case dim = "2"
  case alarm = "1;31"

  private static let isAllowed: Bool = {
    let environment = ProcessInfo.processInfo.environment
    return (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }()

  func applied(to text: String, _ isSeen: Bool) -> String {
    isSeen && Style.isAllowed ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
  }
}

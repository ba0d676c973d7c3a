import Foundation

/// The two streams of a command: results on standard output, everything else on standard error.
enum Console {
  static let errorsAreSeen = isatty(STDERR_FILENO) == 1
  static let resultsAreSeen = isatty(STDOUT_FILENO) == 1

  /// One line of result.
  static func say(_ line: String) { print(line) }

  /// Something worth knowing that is neither a result nor an error.
  static func note(_ sentence: String) { complain(Style.dim.applied(to: "limn: note: \(sentence)", errorsAreSeen)) }

  /// An error, the last thing a command says.
  static func fail(_ sentence: String) { complain("\(Style.alarm.applied(to: "limn:", errorsAreSeen)) \(sentence)") }

  private static func complain(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

  /// A heading on standard output, set off where a terminal shows it.
  static func heading(_ text: String) -> String { Style.strong.applied(to: text, resultsAreSeen) }
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

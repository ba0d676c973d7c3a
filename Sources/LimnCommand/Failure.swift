/// Why the command cannot go on, by whose fault it is, in one sentence with the remedy.
struct Failure: Error, CustomStringConvertible {
  /// The exit statuses of `sysexits.h`, which scripts tell apart.
  enum Status: Int32 {
    /// Done, but for pictures that could not be used.
    case partial = 3
    case usage = 64
    case badData = 65
    case missingInput = 66
    case internalError = 70
    case cannotCreate = 73
    /// Another attempt may do: a full disk, no memory, a signal.
    case retry = 75
  }

  let status: Status
  let description: String

  private init(_ status: Status, _ description: String) {
    self.status = status
    self.description = description
  }

  static func usage(_ sentence: String) -> Failure { Failure(.usage, sentence) }
  static func badData(_ sentence: String) -> Failure { Failure(.badData, sentence) }
  static func missingInput(_ sentence: String) -> Failure { Failure(.missingInput, sentence) }
  static func internalError(_ sentence: String) -> Failure { Failure(.internalError, sentence) }
  static func partial(_ sentence: String) -> Failure { Failure(.partial, sentence) }
  static func retry(_ sentence: String) -> Failure { Failure(.retry, sentence) }
  static func cannotCreate(_ sentence: String) -> Failure { Failure(.cannotCreate, sentence) }
}

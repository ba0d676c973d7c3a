import ArgumentParser
import Explaining

/// The one place where errors become words and exit statuses.
enum ExitStatus {
  /// Says what went wrong on standard error (help and the like on standard output) and returns the exit status.
  static func report(_ error: any Error) -> Int32 {
    if let failure = failure(for: error) {
      Console.fail(failure.description)
      return failure.status.rawValue
    }
    let message = RootCommand.fullMessage(for: error)
    let code = RootCommand.exitCode(for: error)
    if code == .success {
      if !message.isEmpty { Console.say(message) }
    } else {
      Console.fail(message.hasPrefix("Error: ") ? String(message.dropFirst(7)) : message)
    }
    return code.rawValue
  }

  /// The sentence an error is told in, those of the argument parser too, with the exit status.
  static func told(_ error: any Error) -> (sentence: String, status: Int32) {
    if let failure = failure(for: error) { return (failure.description, failure.status.rawValue) }
    return (RootCommand.message(for: error), RootCommand.exitCode(for: error).rawValue)
  }

  /// The sentence an error is told in.
  static func sentence(on error: any Error) -> String { failure(for: error)?.description ?? "\(error)" }

  /// Whose fault an error is; `nil` for those of the argument parser, which words its own.
  private static func failure(for error: any Error) -> Failure? {
    if let error = error as? Failure { return error }
    guard RootCommand.exitCode(for: error) == .failure else { return nil }
    return Failure(ExplainingError(error))
  }
}

extension Failure {
  /// A library's error, with the option that is the remedy.
  init(_ error: ExplainingError) {
    let sentence = Hint.completing(error.description, about: error.setting)
    self =
      switch error.fault {
      case .usage: .usage(sentence)
      case .data: .badData(sentence)
      case .missingInput: .missingInput(sentence)
      case .output: .cannotCreate(sentence)
      case .internalError: .internalError(sentence)
      }
  }
}

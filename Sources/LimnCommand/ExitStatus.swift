import ArgumentParser
import AttributionKit
import Formats
import Images
import Rendering

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

  /// The sentence an error is told in.
  static func sentence(on error: any Error) -> String { failure(for: error)?.description ?? "\(error)" }

  /// Whose fault an error is; `nil` for those of the argument parser, which words its own.
  private static func failure(for error: any Error) -> Failure? {
    switch error {
    case let error as Failure: error
    case let error as AttributionError: failure(of: error)
    case let error as Refusal: .badData(error.description)
    case let error as ImageError: failure(of: error)
    case let error as RenderingError: failure(of: error)
    case _ where ModelFileError(readersError: error) != nil: ModelFileError(readersError: error).map(failure(of:))
    default: RootCommand.exitCode(for: error) == .failure ? .internalError("internal error: \(error)") : nil
    }
  }

  private static func failure(of error: AttributionError) -> Failure {
    switch error {
    case .unreadableExpression(let fault) where fault.alias != nil: .badData("\(error)")
    case .noSuchLayer: .badData("\(error): `limn layers` shows them all")
    case .unknownParameter, .unusableParameter, .unreadableExpression: .usage("\(error)")
    default: .badData("\(error)")
    }
  }

  private static func failure(of error: ModelFileError) -> Failure {
    let sentence = Hint.completing(error.description, about: error.setting)
    return switch error.fault {
    case .missing, .unreadable: .missingInput(sentence)
    case .damaged, .unsupported, .absent: .badData(sentence)
    case .request: .usage(sentence)
    }
  }

  private static func failure(of error: ImageError) -> Failure {
    switch error {
    case .missing, .unreadable: .missingInput("\(error)")
    case .unwritable: .cannotCreate("\(error)")
    case .outOfMemory: .internalError("\(error)")
    default: .badData("\(error)")
    }
  }

  private static func failure(of error: RenderingError) -> Failure {
    switch error {
    case .tooLarge, .nothingToShow: .usage("\(error)")
    default: .internalError("internal error: \(error)")
    }
  }
}

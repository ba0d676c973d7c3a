import Explaining
import Foundation

extension Problem {
  /// The problem that an error of any of Limn's libraries is.
  init(_ error: any Error) {
    if let problem = error as? Problem {
      self = problem
      return
    }
    let told = ExplainingError(error)
    let status: Status =
      switch told.fault {
      case .usage: .badRequest
      case .data, .missingInput: .unprocessableContent
      case .output, .internalError: .internalServerError
      }
    self.init(status, told.description)
  }
}

extension Job.Answer {
  /// An answer in JSON, as reports are written, but not indented.
  init(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    self.init(Array(try encoder.encode(value)))
  }
}

import Explaining
import Foundation

/// What a plugin is found to be when it is loaded, for good or ill, in a process of its own.
struct PluginInspection: Codable {
  let stamp: [String: String]
  let names: [Catalogue.Name]
}

extension PluginInspection {
  /// Loads the plugin in another process.
  ///
  /// - Throws: What that process says against it, or that it did not survive.
  init(of path: String) throws {
    guard let program = Bundle.main.executablePath else { throw Failure.internalError("this program has no path") }
    let run = try ChildProcess(program, ["plugin", "inspect", path])
      .run(environment: ["SWIFT_BACKTRACE": "enable=no"])
    guard run.status == 0 else {
      let sentence = run.errors.hasPrefix("limn: ") ? String(run.errors.dropFirst(6)) : run.errors
      switch Failure.Status(rawValue: run.status) {
      case .missingInput: throw Failure.missingInput(sentence.trimmed)
      case .badData: throw Failure.badData(sentence.trimmed)
      default:
        throw Failure.badData(
          "\(path) ends the program that loads it: mend its entry point, which may throw but must not trap")
      }
    }
    // A plugin may print while it is loaded: the report comes last.
    let report = run.output.range(of: "\n{\n", options: .backwards).map { run.output[$0.lowerBound...] }
    guard let inspection = try? JSONDecoder().decode(Self.self, from: Data((report ?? run.output[...]).utf8)) else {
      throw Failure.badData("\(path) ends the program before it has registered: its entry point must return")
    }
    self = inspection
  }

  var additions: String { Self.additions(names) }

  /// `method smooth-dots, colour map rust`.
  static func additions(_ names: [Catalogue.Name]) -> String {
    names.isEmpty ? "nothing" : names.map { "\($0.kind.rawValue) \($0.identifier)" }.joined(separator: ", ")
  }
}

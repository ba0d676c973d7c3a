import Explaining
import Foundation

/// What holds for all runs of one user, in a file of theirs: `~/.config/limn/config.json`.
///
/// A setting is a property here and the field of that name there, left out where nothing is set.
struct Configuration: Codable, Equatable {
  /// Names for method expressions: `{"mine": "smooth(grad-cam, samples=20)"}`.
  var aliases: [String: String]?

  enum CodingKeys: String, CodingKey, CaseIterable { case aliases }

  /// Where the user's file would be: `limn/config.json` below `$XDG_CONFIG_HOME`, by default `~/.config`.
  static var path: String {
    let environment = ProcessInfo.processInfo.environment
    // The XDG specification has relative paths ignored.
    if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") { return folder + "/limn/config.json" }
    return (environment["HOME"] ?? NSHomeDirectory()) + "/.config/limn/config.json"
  }

  /// The user's; nothing is set where there is no file.
  static func ofUser() throws -> Configuration {
    FileManager.default.fileExists(atPath: path) ? try Configuration(contentsOf: path) : Configuration()
  }
}

extension Configuration {
  /// Reads a configuration; whatever it says that is not understood is refused, since a misspelt field would be lost.
  init(contentsOf path: String) throws {
    let data = try InputFile.contents(of: path, as: "configuration")
    func refuse(_ reason: String) -> Failure { .badData("the configuration \(path) cannot be used: \(reason)") }
    let content: Any
    do { content = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) } catch {
      throw refuse("\(Self.place(of: error, in: data)) is no JSON; mend it, or remove the file")
    }
    guard let fields = content as? [String: Any] else {
      throw refuse("it must hold a JSON object, such as {\"aliases\": {\"mine\": \"smooth(grad-cam)\"}}")
    }
    let known = CodingKeys.allCases.map(\.rawValue)
    if let stranger = fields.keys.sorted().first(where: { !known.contains($0) }) {
      throw refuse("there is no field '\(stranger)'; there is \(known.joined(separator: ", "))")
    }
    do { self = try JSONDecoder().decode(Configuration.self, from: data) } catch let error as DecodingError {
      throw refuse(
        error.place.map { "'\($0)' has a value of the wrong kind; aliases are texts by name" } ?? "it cannot be read")
    }
  }

  /// Where the text stops being JSON, as far as Foundation tells.
  private static func place(of error: any Error, in data: Data) -> String {
    let words = (error as NSError).userInfo["NSDebugDescription"] as? String ?? ""
    if let place = words.firstMatch(of: /line (\d+), column (\d+)/) { return "line \(place.1), column \(place.2)" }
    guard let offset = words.firstMatch(of: /character (\d+)/).flatMap({ Int($0.1) }), offset <= data.count else {
      return words.contains("end of file") ? "the text, which ends too early," : "the text"
    }
    let before = data.prefix(offset).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let column = String(decoding: before.last ?? Data(), as: UTF8.self).count + 1
    return "line \(max(1, before.count)), column \(column)"
  }
}

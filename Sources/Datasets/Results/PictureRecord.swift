import AttributionKit
package import Explaining
import Foundation
package import Reporting

/// What came of one picture; the same in every run, whatever the picture is called.
package struct PictureRecord: Codable, Sendable {
  /// What its files are named by: the picture, the network, the expressions and the version.
  package let key: String
  package let predictions: [Prediction]
  package var targets: [Target]
  package var notes: [String]?
  /// The means of the channels at the explained layer, by which pictures are alike.
  var features: StoredFile?

  package struct Target: Codable, Sendable {
    package let target: Report.Target
    package let score: Report.Score
    package var methods: [Method]
    /// The photograph and what each method made of it, side by side.
    var thumbnail: StoredFile?
  }

  package struct Method: Codable, Sendable {
    package let method: String
    /// Why there is no map.
    package var error: String?
    package var map: StoredFile?
    package var grid: [Int]?
    package var minimum: Float?
    package var maximum: Float?
    package var status: String?
    package var remarks: [String]?
    /// How far the stored numbers are off at most, as a share of the greatest, where float16 does not hold them.
    package var storageError: Float?
    package var overlay: StoredFile?
    package var metrics: [String: Float]?
    /// Why there is no number, by metric.
    package var undefined: [String: String]?
  }
}

/// A file of the results, with its size, by which one that is not whole is known.
package struct StoredFile: Codable, Sendable, Hashable {
  package let file: String
  package let bytes: Int
}

extension PictureRecord {
  /// All files that belong to it.
  var files: [StoredFile] {
    (features.map { [$0] } ?? [])
      + targets.flatMap { target in
        (target.thumbnail.map { [$0] } ?? []) + target.methods.flatMap { [$0.map, $0.overlay].compactMap { $0 } }
      }
  }

  /// Where the record of a key lies: in folders of not too many files each.
  static func path(of key: String) -> String { "records/\(key.prefix(2))/\(key).json" }
}

/// What came of a picture of the set.
package enum Outcome: Sendable {
  /// `text` is the record as JSON; `wasThere` says that an earlier run had made it.
  case explained(PictureRecord, text: String, wasThere: Bool)
  /// It could not be used, with the reason.
  case unusable(String)
}

/// A line of `results.jsonl`.
package struct ResultLine: Sendable {
  package let index: Int
  package let image: String
  package let outcome: Outcome
  /// As it stands in the file.
  package let text: String

  init(_ index: Int, _ image: String, _ outcome: Outcome) {
    (self.index, self.image, self.outcome) = (index, image, outcome)
    let head = "{\"index\":\(index),\"image\":\(LineJSON.quoted(image)),"
    switch outcome {
    case .explained(_, let record, _): text = head + record.dropFirst()
    case .unusable(let reason): text = head + "\"error\":\(LineJSON.quoted(reason))}"
    }
  }

  /// Reads a line back.
  init(_ line: String) throws {
    struct Head: Decodable {
      let index: Int
      let image: String
      let error: String?
    }
    let data = Data(line.utf8)
    let head = try LineJSON.decoder.decode(Head.self, from: data)
    (index, image, text) = (head.index, head.image, line)
    outcome =
      try head.error.map { .unusable($0) }
      ?? .explained(LineJSON.decoder.decode(PictureRecord.self, from: data), text: line, wasThere: true)
  }
}

/// JSON in one line, its keys sorted; numbers that JSON lacks are strings.
enum LineJSON {
  static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return encoder
  }

  static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return decoder
  }

  static func text(_ value: some Encodable) throws -> String {
    String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func quoted(_ text: String) -> String {
    (try? Self.text([text])).map { String($0.dropFirst().dropLast()) } ?? "\"\""
  }
}

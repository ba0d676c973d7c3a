import Foundation

/// JSON as every command writes it: sorted keys, indented, ending in a line feed; numbers that JSON lacks are strings.
enum JSONOutput {
  static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return try encoder.encode(value) + Data("\n".utf8)
  }

  static func show(_ value: some Encodable) throws {
    Console.write(String(decoding: try encode(value), as: UTF8.self))
  }
}

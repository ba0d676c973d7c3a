import Reporting

/// Reports on standard output.
enum JSONOutput {
  static func show(_ value: some Encodable) throws {
    Console.write(String(decoding: try ReportJSON.encode(value), as: UTF8.self))
  }
}

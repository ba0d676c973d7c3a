import Foundation

/// An answer: a status, what kind of content it has, and the content.
struct Response {
  var status = Problem.Status.ok
  var fields: [(name: String, value: String)] = []
  var content: Content

  enum Content {
    case bytes([UInt8])
    /// Lines that are sent as they are made; what `write` throws ends the work.
    case lines((_ write: ([UInt8]) throws -> Void) throws -> Void)
  }

  init(_ bytes: [UInt8], type: String, status: Problem.Status = .ok) {
    (self.status, content) = (status, .bytes(bytes))
    fields = [("Content-Type", type)]
  }

  /// Lines of JSON, one after the other.
  init(lines: @escaping (_ write: ([UInt8]) throws -> Void) throws -> Void) {
    content = .lines(lines)
    fields = [("Content-Type", "application/x-ndjson; charset=utf-8"), ("X-Accel-Buffering", "no")]
  }

  init(json data: some Sequence<UInt8>, status: Problem.Status = .ok) {
    self.init(Array(data), type: "application/json; charset=utf-8", status: status)
  }

  /// A problem as JSON.
  init(_ problem: Problem) {
    self.init(json: (try? JSONEncoder().encode(["problem": problem.sentence])) ?? Data(), status: problem.status)
    if let seconds = problem.retryAfter { fields.append(("Retry-After", String(seconds))) }
  }

  /// The status line and the header fields, with the empty line that ends them.
  func head(closes: Bool) -> [UInt8] {
    var text = "HTTP/1.1 \(status.rawValue) \(status.phrase)\r\n"
    for (name, value) in fields + SecurityFields.all { text += "\(name): \(value)\r\n" }
    switch content {
    case .bytes(let bytes): if status != .noContent { text += "Content-Length: \(bytes.count)\r\n" }
    case .lines: text += "Transfer-Encoding: chunked\r\n"
    }
    text += "Connection: \(closes ? "close" : "keep-alive")\r\n\r\n"
    return Array(text.utf8)
  }
}

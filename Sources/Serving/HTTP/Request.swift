/// A request with its body, where that is held, and how to know whether somebody still waits for the answer.
struct Request {
  let head: RequestHead
  let body: [UInt8]
  /// Hands over a body that is not held, piece by piece.
  var receive: (_ use: ([UInt8]) throws -> Void) throws -> Void = { _ in }
  /// The address that it came from.
  let client: String
  /// Whether the connection has been closed by the other side.
  let isAbandoned: () -> Bool

  /// A field of the query, where it is there and not empty.
  func query(_ name: String) -> String? {
    guard let text = head.query[name], !text.isEmpty else { return nil }
    return text
  }

  /// A field of the query that must be there.
  func required(_ name: String) throws(Problem) -> String {
    guard let text = query(name) else { throw Problem(.badRequest, "the query must name '\(name)'") }
    return text
  }
}

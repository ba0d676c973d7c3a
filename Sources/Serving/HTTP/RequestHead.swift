/// What comes before a request's body: the line that names what is asked for, and the header fields.
///
/// Only what a browser or an ordinary client sends is read (RFC 9112); everything doubtful is refused rather than guessed at, since what two
/// programs read differently is how requests are smuggled.
package struct RequestHead: Hashable, Sendable {
  package let method: String
  /// The parts of the path between its slashes, decoded.
  package let path: [String]
  /// What follows the question mark, decoded; of a name that comes twice, the first.
  package let query: [String: String]
  /// By names in lower case.
  package let fields: [String: String]
  /// Whether further requests may follow on the connection.
  package let keepsAlive: Bool
  /// How many bytes of body follow.
  package let length: Int

  /// Reads lines that end in a carriage return and a line feed, the empty last one left out.
  ///
  /// - Throws: ``Problem`` that says what is wrong with them.
  package init(parsing bytes: [UInt8]) throws(Problem) {
    let text = String(decoding: bytes, as: UTF8.self)
    var lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)[...]
    let words = (lines.popFirst() ?? "").split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, Self.isToken(words[0]), words[1].utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw Problem(.badRequest, "the request line is not one of HTTP/1.1")
    }
    guard ["HTTP/1.1", "HTTP/1.0"].contains(words[2]) else {
      throw Problem(.versionNotSupported, "this server speaks HTTP/1.1 only")
    }
    method = String(words[0])
    (path, query) = try Self.target(words[1])
    fields = try Self.fields(lines)
    guard fields["transfer-encoding"] == nil else {
      throw Problem(.lengthRequired, "send the body with its Content-Length, not in chunks")
    }
    length = try Self.length(fields["content-length"])
    let tokens = (fields["connection"] ?? "").lowercased().split(separator: ",").map { $0.filter { $0 != " " } }
    keepsAlive = words[2] == "HTTP/1.1" ? !tokens.contains("close") : tokens.contains("keep-alive")
  }

  private static func isToken(_ text: Substring) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }

  private static func target(_ text: Substring) throws(Problem) -> (path: [String], query: [String: String]) {
    guard text.hasPrefix("/") else { throw Problem(.badRequest, "the address must begin with a slash") }
    let halves = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    var path: [String] = []
    for part in halves[0].split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      path.append(try decoded(part))
    }
    var query: [String: String] = [:]
    for pair in halves.count > 1 ? halves[1].split(separator: "&") : [] {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = try decoded(sides[0], isQuery: true)
      if query[name] == nil { query[name] = sides.count > 1 ? try decoded(sides[1], isQuery: true) : "" }
    }
    return (path, query)
  }

  /// Text in which percent signs stood for bytes.
  private static func decoded(_ text: Substring, isQuery: Bool = false) throws(Problem) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+") where isQuery: bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
          rest.first != UInt8(ascii: "+"), rest.first != UInt8(ascii: "-"), value != 0
        else { throw Problem(.badRequest, "a percent sign in the address is not followed by two hexadecimal digits") }
        bytes.append(value)
        rest = rest.dropFirst(2)
      default: bytes.append(byte)
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Problem(.badRequest, "the address is not text in UTF-8")
    }
    return text
  }

  private static func fields(_ lines: ArraySlice<Substring>) throws(Problem) -> [String: String] {
    var fields: [String: String] = [:]
    for line in lines {
      let sides = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2, isToken(sides[0]), sides[1].utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 9 })
      else {
        throw Problem(.badRequest, "a header field is not 'name: value' on one line")
      }
      let name = sides[0].lowercased()
      let value = sides[1].drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed()
      guard let earlier = fields[name] else {
        fields[name] = String(value)
        continue
      }
      guard !singular.contains(name) else { throw Problem(.badRequest, "the header field '\(name)' comes twice") }
      fields[name] = earlier + ", " + String(value)
    }
    return fields
  }

  /// Fields that two programs might read differently where they come twice.
  private static let singular: Set = ["host", "content-length", "transfer-encoding", "origin", "content-type"]

  private static func length(_ text: String?) throws(Problem) -> Int {
    guard let text else { return 0 }
    guard !text.isEmpty, text.utf8.count <= 15, text.utf8.allSatisfy({ (48...57).contains($0) }),
      let length = Int(text)
    else { throw Problem(.badRequest, "the Content-Length is no number of bytes") }
    return length
  }
}

/// A value of JSON whose texts are bytes: vocabularies have pieces that Swift's strings would take for the same.
package enum ByteJSON {
  case null
  case flag(Bool)
  case number(Double)
  case text([UInt8])
  case list([ByteJSON])
  case object([(key: [UInt8], value: ByteJSON)])

  /// - Throws: ``TokenizerError`` where the bytes are no JSON.
  package init(_ bytes: some Collection<UInt8>) throws(TokenizerError) {
    var parser = Parser(bytes: Array(bytes))
    self = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == parser.bytes.count else { throw Parser.damaged }
  }

  package subscript(key: String) -> ByteJSON {
    guard case .object(let members) = self else { return .null }
    let key = Array(key.utf8)
    return members.last { $0.key == key }?.value ?? .null
  }

  package var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
  package var number: Double? { if case .number(let number) = self { number } else { nil } }
  package var integer: Int? { number.flatMap { Int(exactly: $0) } }
  package var bytes: [UInt8]? { if case .text(let bytes) = self { bytes } else { nil } }
  package var text: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
  package var list: [ByteJSON]? { if case .list(let list) = self { list } else { nil } }
  package var members: [(key: [UInt8], value: ByteJSON)]? {
    if case .object(let members) = self { members } else { nil }
  }
  package var isNull: Bool { if case .null = self { true } else { false } }
}

/// Reads JSON (RFC 8259) from its first byte to its last.
private struct Parser {
  let bytes: [UInt8]
  var position = 0

  static let damaged = TokenizerError("it is no whole JSON: download it again")

  private func peek() throws(TokenizerError) -> UInt8 {
    guard position < bytes.count else { throw Self.damaged }
    return bytes[position]
  }

  mutating func skipSpace() {
    while position < bytes.count, [9, 10, 13, 32].contains(bytes[position]) { position += 1 }
  }

  private mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard position + count <= bytes.count, (0..<count).allSatisfy({ bytes[position + $0] == text.utf8Start[$0] }) else {
      return false
    }
    position += count
    return true
  }

  mutating func value(depth: Int) throws(TokenizerError) -> ByteJSON {
    guard depth < 64 else { throw Self.damaged }
    skipSpace()
    switch try peek() {
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "["):
      position += 1
      var list: [ByteJSON] = []
      skipSpace()
      if take("]") { return .list([]) }
      repeat {
        list.append(try value(depth: depth + 1))
        skipSpace()
      } while take(",")
      guard take("]") else { throw Self.damaged }
      return .list(list)
    case UInt8(ascii: "{"):
      position += 1
      var members: [(key: [UInt8], value: ByteJSON)] = []
      skipSpace()
      if take("}") { return .object([]) }
      repeat {
        skipSpace()
        let key = try text()
        skipSpace()
        guard take(":") else { throw Self.damaged }
        members.append((key, try value(depth: depth + 1)))
        skipSpace()
      } while take(",")
      guard take("}") else { throw Self.damaged }
      return .object(members)
    case UInt8(ascii: "n") where take("null"): return .null
    case UInt8(ascii: "t") where take("true"): return .flag(true)
    case UInt8(ascii: "f") where take("false"): return .flag(false)
    default:
      let start = position
      while position < bytes.count, "+-.0123456789Ee".utf8.contains(bytes[position]) { position += 1 }
      guard let number = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else { throw Self.damaged }
      return .number(number)
    }
  }

  private mutating func text() throws(TokenizerError) -> [UInt8] {
    guard take("\"") else { throw Self.damaged }
    var result: [UInt8] = []
    while true {
      let byte = try peek()
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return result
      case UInt8(ascii: "\\"):
        let escaped = try peek()
        position += 1
        switch escaped {
        case UInt8(ascii: "n"): result.append(10)
        case UInt8(ascii: "t"): result.append(9)
        case UInt8(ascii: "r"): result.append(13)
        case UInt8(ascii: "b"): result.append(8)
        case UInt8(ascii: "f"): result.append(12)
        case UInt8(ascii: "u"): result += Array(String(try scalar()).utf8)
        default: result.append(escaped)
        }
      default: result.append(byte)
      }
    }
  }

  /// The character of an escape whose `\u` is read, both halves of it where there are two.
  private mutating func scalar() throws(TokenizerError) -> Unicode.Scalar {
    let first = try unit()
    guard first & 0xFC00 == 0xD800, take("\\u") else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
    return Unicode.Scalar(0x10000 + (first & 0x3FF) << 10 + (try unit()) & 0x3FF) ?? "\u{FFFD}"
  }

  private mutating func unit() throws(TokenizerError) -> UInt32 {
    guard position + 4 <= bytes.count,
      let unit = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw Self.damaged }
    position += 4
    return unit
  }
}

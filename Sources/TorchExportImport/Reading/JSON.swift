/// A value of a program's description.
indirect enum JSON: Sendable {
  case null
  case truth(Bool)
  case integer(Int)
  case real(Double)
  case text(String)
  case list([JSON])
  case members([String: JSON])

  /// A member of an object; null where there is none.
  subscript(_ key: String) -> JSON {
    guard case .members(let members) = self else { return .null }
    return members[key] ?? .null
  }

  var text: String? { if case .text(let text) = self { text } else { nil } }
  var list: [JSON]? { if case .list(let list) = self { list } else { nil } }
  var members: [String: JSON]? { if case .members(let members) = self { members } else { nil } }
  var truth: Bool? { if case .truth(let truth) = self { truth } else { nil } }
  var integer: Int? { if case .integer(let number) = self { number } else { nil } }
  var isNull: Bool { if case .null = self { true } else { false } }

  var real: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .real(let number): number
    // Python writes what JSON has no words for as text.
    case .text("Infinity"): .infinity
    case .text("-Infinity"): -.infinity
    case .text("NaN"): .nan
    default: nil
    }
  }
}

/// Reads JSON whose depth and number of values are bounded, the latter by its length, passing over members that nobody needs.
struct JSONReader {
  private let bytes: UnsafeRawBufferPointer
  private let passedOver: Set<String>
  private var place = 0
  private var valueCount = 0
  /// A program has a value in thirty bytes; of shorter ones, as many as take tens of megabytes.
  private let mostValues: Int

  /// More than any network's description has.
  private static let deepest = 100

  /// Reads a text.
  ///
  /// - Parameters:
  ///   - bytes: all of it.
  ///   - keys: members that are not kept, such as where the author's files lie.
  /// - Returns: The value that it holds; `nil` where it is no JSON, or too deep or too long.
  static func read(_ bytes: UnsafeRawBufferPointer, passingOver keys: Set<String>) -> JSON? {
    var reader = JSONReader(bytes: bytes, passedOver: keys)
    guard let value = reader.value(depth: 0) else { return nil }
    reader.skipSpace()
    return reader.place == bytes.count ? value : nil
  }

  private init(bytes: UnsafeRawBufferPointer, passedOver: Set<String>) {
    (self.bytes, self.passedOver) = (bytes, passedOver)
    mostValues = 400_000 + bytes.count / 32
  }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
  }

  private mutating func take(_ byte: Character) -> Bool {
    skipSpace()
    guard next == byte.asciiValue else { return false }
    place += 1
    return true
  }

  private mutating func take(word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard bytes.count - place >= count,
      (0..<count).allSatisfy({ bytes[place + $0] == word.utf8Start[$0] })
    else { return false }
    place += count
    return true
  }

  private mutating func value(depth: Int) -> JSON? {
    valueCount += 1
    guard depth < Self.deepest, valueCount < mostValues else { return nil }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return members(depth: depth)
    case UInt8(ascii: "["): return list(depth: depth)
    case UInt8(ascii: "\""): return string().map(JSON.text)
    case UInt8(ascii: "t"): return take(word: "true") ? .truth(true) : nil
    case UInt8(ascii: "f"): return take(word: "false") ? .truth(false) : nil
    case UInt8(ascii: "n"): return take(word: "null") ? .null : nil
    case UInt8(ascii: "N"): return take(word: "NaN") ? .real(.nan) : nil
    case UInt8(ascii: "I"): return take(word: "Infinity") ? .real(.infinity) : nil
    default: return number()
    }
  }

  private mutating func members(depth: Int) -> JSON? {
    place += 1
    var members: [String: JSON] = [:]
    if take("}") { return .members(members) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\""), let key = string(), take(":"), let value = value(depth: depth + 1) else {
        return nil
      }
      if !passedOver.contains(key) { members[key] = value }
    } while take(",")
    return take("}") ? .members(members) : nil
  }

  private mutating func list(depth: Int) -> JSON? {
    place += 1
    var list: [JSON] = []
    if take("]") { return .list(list) }
    repeat {
      guard let value = value(depth: depth + 1) else { return nil }
      list.append(value)
    } while take(",")
    return take("]") ? .list(list) : nil
  }

  private mutating func string() -> String? {
    place += 1
    let start = place
    var isPlain = true
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { return nil }
      if byte == UInt8(ascii: "\\") {
        isPlain = false
        place += 1
      }
      place += 1
    }
    guard place < bytes.count else { return nil }
    let text = UnsafeRawBufferPointer(rebasing: bytes[start..<place])
    place += 1
    return isPlain ? String(decoding: text, as: UTF8.self) : Self.unescaped(text)
  }

  private static func unescaped(_ text: UnsafeRawBufferPointer) -> String? {
    var units: [UInt16] = []
    var index = 0
    var plain: [UInt8] = []
    while index < text.count {
      guard text[index] == UInt8(ascii: "\\") else {
        plain.append(text[index])
        index += 1
        continue
      }
      units += Array(String(decoding: plain, as: UTF8.self).utf16)
      plain = []
      guard index + 1 < text.count else { return nil }
      let simple: [UInt8: UInt16] = [
        0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9,
      ]
      if let unit = simple[text[index + 1]] {
        units.append(unit)
        index += 2
      } else {
        guard text[index + 1] == UInt8(ascii: "u"), index + 6 <= text.count,
          let unit = UInt16(String(decoding: text[index + 2..<index + 6], as: UTF8.self), radix: 16)
        else { return nil }
        units.append(unit)
        index += 6
      }
    }
    units += Array(String(decoding: plain, as: UTF8.self).utf16)
    return String(decoding: units, as: UTF16.self)
  }

  private mutating func number() -> JSON? {
    let start = place
    if next == UInt8(ascii: "-") {
      place += 1
      if take(word: "Infinity") { return .real(-.infinity) }
    }
    while let byte = next, (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte) { place += 1 }
    guard start < place, place - start < 400 else { return nil }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    return Int(text).map(JSON.integer) ?? Double(text).map(JSON.real)
  }
}

import Foundation

/// A model without the bytes of its weights: those stay in the file, and only their places are noted.
///
/// Decoding a message copies all bytes it holds. Of a network that is nearly everything, and none of it is needed before
/// a kernel asks: so weights are left out of the message before it is decoded.
struct SkimmedModel {
  /// The message as it is decoded, its lengths adjusted.
  private(set) var message = Data()
  /// For each initializer in order, where its `raw_data` lies in the file; `nil` where it has none.
  private(set) var rawData: [Range<Int>?] = []
  /// What the program that wrote the file says of it, by key.
  private(set) var metadata: [String: String] = [:]

  /// `nil` where the bytes are no well-formed message; decoding them as they are says what is wrong.
  init?(_ bytes: UnsafeRawBufferPointer) {
    var output: [UInt8] = []
    do throws(Malformed) {
      try model(WireReader(bytes, bytes.indices), to: &output)
    } catch {
      return nil
    }
    message = Data(output)
  }

  /// `ModelProto`, whose field 7 is the graph, and whose fields 14 are pairs of texts.
  private mutating func model(_ reader: WireReader, to output: inout [UInt8]) throws(Malformed) {
    var reader = reader
    while let field = try reader.next() {
      if field.number == 14, let content = field.content { try note(WireReader(reader.bytes, content)) }
      guard field.number == 7, let content = field.content else {
        output += reader.bytes[field.whole]
        continue
      }
      var nested: [UInt8] = []
      try graph(WireReader(reader.bytes, content), to: &nested)
      output.append(field: 7, nested)
    }
  }

  /// `StringStringEntryProto`: a key and a value.
  private mutating func note(_ reader: WireReader) throws(Malformed) {
    var (reader, key, value) = (reader, "", "")
    while let field = try reader.next() {
      guard let content = field.content else { continue }
      let text = String(decoding: reader.bytes[content], as: UTF8.self)
      if field.number == 1 { key = text } else if field.number == 2 { value = text }
    }
    metadata[key] = value
  }

  /// `GraphProto`, whose field 5 holds the initializers.
  private mutating func graph(_ reader: WireReader, to output: inout [UInt8]) throws(Malformed) {
    var reader = reader
    while let field = try reader.next() {
      guard field.number == 5, let content = field.content else {
        output += reader.bytes[field.whole]
        continue
      }
      var nested: [UInt8] = []
      rawData.append(try tensor(WireReader(reader.bytes, content), to: &nested))
      output.append(field: 5, nested)
    }
  }

  /// `TensorProto`, whose field 9 is `raw_data`: handed back rather than copied.
  private func tensor(_ reader: WireReader, to output: inout [UInt8]) throws(Malformed) -> Range<Int>? {
    var (reader, rawData): (WireReader, Range<Int>?) = (reader, nil)
    while let field = try reader.next() {
      if field.number == 9, let content = field.content {
        rawData = content
      } else {
        output += reader.bytes[field.whole]
      }
    }
    return rawData
  }
}

/// Bytes that are no message.
private struct Malformed: Error {}

/// Walks over the fields of a message (protobuf.dev, *Encoding*) without looking into them.
private struct WireReader {
  let bytes: UnsafeRawBufferPointer
  private var position: Int
  private let end: Int

  struct Field {
    let number: UInt64
    let whole: Range<Int>
    /// What a field of bytes or of a message holds.
    let content: Range<Int>?
  }

  init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    (self.bytes, position, end) = (bytes, range.lowerBound, range.upperBound)
  }

  /// The next field; `nil` at the end.
  mutating func next() throws(Malformed) -> Field? {
    if position == end { return nil }
    let start = position
    let tag = try integer()
    var content: Range<Int>?
    switch tag & 7 {
    case 0: _ = try integer()
    case 1: try advance(by: 8)
    case 2:
      let count = try integer()
      let first = position
      try advance(by: count)
      content = first..<position
    case 5: try advance(by: 4)
    // Groups, which nobody writes any more.
    default: throw Malformed()
    }
    return Field(number: tag >> 3, whole: start..<position, content: content)
  }

  private mutating func advance(by count: UInt64) throws(Malformed) {
    guard count <= UInt64(end - position) else { throw Malformed() }
    position += Int(count)
  }

  private mutating func integer() throws(Malformed) -> UInt64 {
    var (value, shift): (UInt64, UInt64) = (0, 0)
    while position < end, shift < 64 {
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw Malformed()
  }
}

extension [UInt8] {
  /// Appends a message as a field of another.
  fileprivate mutating func append(field number: UInt8, _ message: [UInt8]) {
    append(number << 3 | 2)
    var rest = message.count
    while rest > 0x7F {
      append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
    append(contentsOf: message)
  }
}

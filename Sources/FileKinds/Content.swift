/// The bytes of a file, looked at without running over their end.
struct Content {
  let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  subscript(index: Int) -> UInt8? { bytes.indices.contains(index) ? bytes[index] : nil }

  func has(_ signature: [UInt8], at offset: Int = 0) -> Bool {
    bytes.count >= offset + signature.count && bytes[offset..<offset + signature.count].elementsEqual(signature)
  }

  func has(_ signature: String, at offset: Int = 0) -> Bool { has(Array(signature.utf8), at: offset) }

  func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }

  /// Whether the text occurs near the beginning or the end.
  func contains(_ text: String, within span: Int = 1 << 20) -> Bool {
    let wanted = Array(text.utf8)
    func occurs(_ range: Range<Int>) -> Bool {
      guard range.count >= wanted.count else { return false }
      return (range.lowerBound...range.upperBound - wanted.count).contains { start in
        bytes[start] == wanted[0] && bytes[start..<start + wanted.count].elementsEqual(wanted)
      }
    }
    return occurs(0..<min(span, bytes.count)) || occurs(max(0, bytes.count - span)..<bytes.count)
  }

  /// Whether it ends as LevelDB's tables do, which TensorFlow lists the weights of a checkpoint in.
  var endsTable: Bool { has([0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB], at: max(0, bytes.count - 8)) }

  /// Whether it begins as text does: no control characters but those that part lines.
  var isText: Bool {
    let head = bytes.prefix(512)
    guard !head.isEmpty, head.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || [9, 10, 13].contains($0) }) else { return false }
    // Cut within a letter, the last bytes may be incomplete.
    return (0...3).contains { String(validating: head.dropLast($0), as: UTF8.self) != nil }
  }

  /// Where the bytes begin whose number stands, as protocol buffers write it, at `offset`.
  func afterLength(_ offset: Int) -> Int? {
    for index in offset..<offset + 5 {
      guard let byte = self[index] else { return nil }
      if byte < 0x80 { return index + 1 }
    }
    return nil
  }
}

/// The names in a zip archive's directory, which stands at its end; the first only where the archive is cut short.
struct ZipNames {
  private(set) var names: [String] = []
  /// Whether the directory is there, so that nothing behind it is missing.
  private(set) var isWhole = false

  /// More than any network has.
  private static let limit = 4096

  init(_ bytes: UnsafeRawBufferPointer) {
    let content = Content(bytes)
    func number(_ offset: Int, bytes count: Int) -> Int {
      (0..<count).reversed().reduce(0) { $0 << 8 | Int(content[offset + $1] ?? 0) }
    }
    let tail = max(0, bytes.count - 66_000)
    if bytes.count >= 22,
      let end = (tail...bytes.count - 22).reversed().first(where: { content.has([0x50, 0x4B, 5, 6], at: $0) })
    {
      isWhole = true
      var entry = number(end + 16, bytes: 4)
      // Beyond 4 GiB the directory's place is written elsewhere; it ends where this begins.
      if entry == 0xFFFF_FFFF { entry = max(0, end - 98 - number(end + 12, bytes: 4)) }
      while content.has([0x50, 0x4B, 1, 2], at: entry), names.count < Self.limit {
        let length = number(entry + 28, bytes: 2)
        names.append(content.text(entry + 46..<entry + 46 + length))
        entry += 46 + length + number(entry + 30, bytes: 2) + number(entry + 32, bytes: 2)
      }
    }
    if names.isEmpty { names = [content.text(30..<30 + number(26, bytes: 2))].filter { !$0.isEmpty } }
  }
}

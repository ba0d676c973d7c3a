import Foundation

/// A text file's characters, whatever encoding its editor chose.
struct DecodedText {
  let text: String
  /// What was assumed about the encoding, as a clause; `nil` for UTF-8 and for files that say what they are.
  let remark: String?

  /// The text in `data`; `nil` where it holds none, as in archives and pictures.
  init?(_ data: Data) {
    let bytes = [UInt8](data)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      self.init(text: String(decoding: bytes.dropFirst(3), as: UTF8.self), remark: nil)
    } else if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
      guard let text = String(data: data, encoding: .utf32) else { return nil }
      self.init(text: text.replacing("\u{FEFF}", with: ""), remark: nil)
    } else if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      self.init(utf16: Array(bytes.dropFirst(2)), isBigEndian: bytes[0] == 0xFE, remark: nil)
    } else if let isBigEndian = Self.utf16Order(bytes) {
      self.init(
        utf16: bytes, isBigEndian: isBigEndian,
        remark: "the text is taken for UTF-16, though it has no mark of it")
    } else if bytes.contains(0) {
      return nil
    } else if let text = String(validating: bytes, as: UTF8.self) {
      self.init(text: text, remark: nil)
    } else {
      // Every byte means something in Windows' Western code page, but for five.
      guard
        let text = String(bytes: bytes, encoding: .windowsCP1252)
          ?? String(bytes: bytes, encoding: .isoLatin1)
      else {
        return nil
      }
      self.init(
        text: text,
        remark:
          "the text is not UTF-8 and is taken for Latin-1: save it as UTF-8 if names look wrong")
    }
  }

  private init(text: String, remark: String?) { (self.text, self.remark) = (text, remark) }

  private init?(utf16 bytes: [UInt8], isBigEndian: Bool, remark: String?) {
    guard bytes.count % 2 == 0 else { return nil }
    let units = stride(from: 0, to: bytes.count, by: 2).map { index in
      let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
      return isBigEndian ? first << 8 | second : second << 8 | first
    }
    self.init(text: String(decoding: units, as: UTF16.self), remark: remark)
  }

  /// Whether the bytes are UTF-16 without a mark: every second one is zero, as it is for Western letters.
  private static func utf16Order(_ bytes: [UInt8]) -> Bool? {
    guard bytes.count >= 4, bytes.count % 2 == 0 else { return nil }
    let sample = bytes.prefix(4096)
    let zeros = [0, 1].map { parity in
      sample.enumerated().count { $0.offset % 2 == parity && $0.element == 0 }
    }
    let half = sample.count / 2
    if zeros[1] * 10 > half * 8, zeros[0] == 0 { return false }
    if zeros[0] * 10 > half * 8, zeros[1] == 0 { return true }
    // Letters of other scripts have no zeros, but the ends of lines do; in the wrong order they would be no letters.
    for (isBigEndian, end) in [(false, [0x0A, 0] as [UInt8]), (true, [0, 0x0A])] {
      let pairs = stride(from: 0, to: bytes.count, by: 2).map { [bytes[$0], bytes[$0 + 1]] }
      let units = pairs.map { isBigEndian ? UInt16($0[0]) << 8 | UInt16($0[1]) : UInt16($0[1]) << 8 | UInt16($0[0]) }
      if pairs.contains(end), let text = String(validating: units, as: UTF16.self),
        text.unicodeScalars.allSatisfy({
          $0.properties.generalCategory != .unassigned
            && ($0.value >= 32 || $0.value == 9 || $0.value == 10 || $0.value == 13)
        })
      {
        return isBigEndian
      }
    }
    return nil
  }
}

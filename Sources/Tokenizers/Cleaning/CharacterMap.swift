/// SentencePiece's own table of what characters become, `precompiled_charsmap`: a trie in a double array, and the texts
/// that its leaves point to.
///
/// Source: SentencePiece's `normalizer.cc`; darts-clone's units.
struct CharacterMap: TextCleaning {
  private let units: [UInt32]
  private let texts: [UInt8]
  /// Whether whole characters are looked up first, and the shortest entry that begins one is taken, as Hugging Face's reader
  /// of these tables does; else the longest entry at each place, as SentencePiece does.
  private let looksUpCharacters: Bool

  /// - Throws: ``TokenizerError`` where the table is damaged.
  init(_ bytes: [UInt8], lookingUpCharacters: Bool) throws(TokenizerError) {
    func number(_ offset: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) } }
    guard bytes.count >= 4, case let size = Int(number(0)), size % 4 == 0, size > 0, size <= bytes.count - 4 else {
      throw TokenizerError("its table of characters is damaged")
    }
    units = stride(from: 4, to: 4 + size, by: 4).map(number)
    texts = Array(bytes[(4 + size)...])
    looksUpCharacters = lookingUpCharacters
  }

  func cleaned(_ text: String) -> String {
    var result: [UInt8] = []
    if looksUpCharacters {
      for character in text {
        let bytes = Array(character.utf8)
        if bytes.count < 6, let found = matches(bytes[...]).first {
          result += self.text(at: found.place)
          continue
        }
        for scalar in character.unicodeScalars {
          let own = Array(String(scalar).utf8)
          result += matches(own[...]).first.map { Array(self.text(at: $0.place)) } ?? own
        }
      }
    } else {
      let bytes = Array(text.utf8)
      var position = 0
      while position < bytes.count {
        if let found = matches(bytes[position...]).last {
          result += self.text(at: found.place)
          position += found.length
        } else {
          repeat {
            result.append(bytes[position])
            position += 1
          } while position < bytes.count && bytes[position] & 0xC0 == 0x80
        }
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private func text(at place: Int) -> ArraySlice<UInt8> {
    guard place < texts.count else { return [] }
    return texts[place...].prefix { $0 != 0 }
  }

  /// The entries that a text begins with, the shortest first.
  private func matches(_ text: ArraySlice<UInt8>) -> [(length: Int, place: Int)] {
    func offset(_ unit: UInt32) -> Int { Int((unit >> 10) << ((unit & 1 << 9) >> 6)) }
    var found: [(Int, Int)] = []
    var position = offset(units[0])
    for (index, byte) in text.enumerated() {
      position ^= Int(byte)
      guard byte != 0, units.indices.contains(position) else { break }
      let unit = units[position]
      guard unit & (1 << 31 | 0xFF) == UInt32(byte) else { break }
      position ^= offset(unit)
      guard units.indices.contains(position) else { break }
      if unit >> 8 & 1 == 1 { found.append((index + 1, Int(units[position] & 0x7FFF_FFFF))) }
    }
    return found
  }
}

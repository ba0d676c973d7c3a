/// A vocabulary whose pieces are made by joining two again and again, the pair that was joined first in training first.
///
/// Source: Sennrich et al., "Neural machine translation of rare words with subword units", ACL 2016, arXiv:1508.07909.
struct BytePairs: SubwordModel {
  private let vocabulary: [PieceBytes: Int]
  /// What two neighbours become, and when.
  private let merges: [Pair: Merge]
  /// What the last character of a word has behind it: `</w>`.
  private let wordEnd: PieceBytes
  /// What stands for a character that the vocabulary has not.
  private let unknown: Int?
  /// Whether unknown characters one after the other are one token.
  private let joinsUnknown: Bool
  /// The tokens of single bytes, which unknown characters become; empty where they do not.
  private let bytes: [Int]
  /// Whether a word that is a piece is taken as it is.
  private let takesWholeWords: Bool

  private struct Pair: Hashable {
    let left: Int32
    let right: Int32
  }

  private struct Merge {
    let rank: Int32
    let result: Int32
  }

  /// What a file says beside vocabulary and pairs.
  struct Settings {
    var wordEnd: PieceBytes = []
    var unknown: PieceBytes?
    var joinsUnknown = false
    var fallsBackToBytes = false
    var takesWholeWords = false
  }

  /// - Parameters:
  ///   - vocabulary: the number of each piece.
  ///   - pairs: what is joined, the first first.
  ///   - settings: what else is said.
  /// - Throws: ``TokenizerError`` where a pair has no place in the vocabulary.
  init(
    _ vocabulary: [PieceBytes: Int], joining pairs: [(PieceBytes, PieceBytes)], _ settings: Settings
  ) throws(TokenizerError) {
    guard vocabulary.values.allSatisfy({ (0..<Int(Int32.max)).contains($0) }) else {
      throw TokenizerError("its vocabulary has numbers that are none of tokens")
    }
    var merges: [Pair: Merge] = [:]
    merges.reserveCapacity(pairs.count)
    for (rank, pair) in pairs.enumerated() {
      guard let left = vocabulary[pair.0], let right = vocabulary[pair.1], let both = vocabulary[pair.0 + pair.1] else {
        let text = String(decoding: (pair.0 + [32] + pair.1).prefix(60), as: UTF8.self)
        throw TokenizerError("its vocabulary lacks a piece of the pair '\(text)'")
      }
      merges[Pair(left: Int32(left), right: Int32(right))] = Merge(rank: Int32(rank), result: Int32(both))
    }
    self.vocabulary = vocabulary
    self.merges = merges
    wordEnd = settings.wordEnd
    unknown = settings.unknown.flatMap { vocabulary[$0] }
    (joinsUnknown, takesWholeWords) = (settings.joinsUnknown, settings.takesWholeWords)
    bytes = settings.fallsBackToBytes ? Self.byteTokens(in: vocabulary) : []
  }

  /// The tokens `<0x00>` to `<0xFF>`; none where one is missing.
  static func byteTokens(in vocabulary: [PieceBytes: Int]) -> [Int] {
    let digits = Array("0123456789ABCDEF".utf8)
    let tokens = (0..<256).compactMap { byte in
      vocabulary[Array("<0x".utf8) + [digits[byte >> 4], digits[byte & 15]] + Array(">".utf8)]
    }
    return tokens.count == 256 ? tokens : []
  }

  func token(for piece: String) -> Int? { vocabulary[Array(piece.utf8)] }

  func tokens(of word: String) -> [Int] {
    if takesWholeWords, let token = token(for: word) { return [token] }
    var tokens = characters(of: word)
    while tokens.count > 1 {
      var best: (rank: Int32, place: Int, result: Int32)?
      for place in 0..<tokens.count - 1 {
        let pair = Pair(left: Int32(tokens[place]), right: Int32(tokens[place + 1]))
        guard let merge = merges[pair], merge.rank < best?.rank ?? .max else { continue }
        best = (merge.rank, place, merge.result)
      }
      guard let best else { break }
      tokens[best.place] = Int(best.result)
      tokens.remove(at: best.place + 1)
    }
    return tokens
  }

  /// The token of each character, the last with the end of the word behind it.
  private func characters(of word: String) -> [Int] {
    let scalars = Array(word.unicodeScalars)
    var tokens: [Int] = []
    var isUnknown = false
    for (index, scalar) in scalars.enumerated() {
      let own = Array(String(scalar).utf8)
      let piece = index == scalars.count - 1 ? own + wordEnd : own
      if let token = vocabulary[piece] {
        tokens.append(token)
        isUnknown = false
      } else if !bytes.isEmpty {
        tokens += own.map { bytes[Int($0)] }
        isUnknown = false
      } else if let unknown {
        if !(isUnknown && joinsUnknown) { tokens.append(unknown) }
        isUnknown = true
      }
    }
    return tokens
  }
}

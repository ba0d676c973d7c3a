/// A vocabulary whose pieces have likelihoods, of which a text is made in the likeliest way.
///
/// Source: Kudo, "Subword regularization", ACL 2018, arXiv:1804.10959, section 3.2: Viterbi's way through all pieces.
struct LikeliestPieces: SubwordModel {
  private let numbers: [PieceBytes: Int]
  private let scores: [Double]
  private let unknown: Int
  /// The tokens of single bytes, which unknown characters become; empty where they do not.
  private let bytes: [Int]
  private let longest: Int
  /// The score of a character that is no piece: ten less than the worst of all.
  private let penalty: Double
  /// Pieces that have a number and are never found in a text.
  private let hidden: Set<PieceBytes>

  /// - Parameters:
  ///   - pieces: each piece with the logarithm of its probability, in the order of their numbers.
  ///   - unknown: the number of what stands for characters that no piece has.
  ///   - fallsBackToBytes: whether these become the tokens of their bytes instead.
  ///   - hidden: pieces that are never found in a text, as marks.
  /// - Throws: ``TokenizerError`` where there is no unknown piece.
  init(
    _ pieces: [(PieceBytes, Double)], unknown: Int, fallsBackToBytes: Bool = false, hiding hidden: Set<PieceBytes> = []
  ) throws(TokenizerError) {
    guard pieces.indices.contains(unknown) else {
      throw TokenizerError("its vocabulary has no piece for what is unknown")
    }
    numbers = Dictionary(pieces.enumerated().map { ($1.0, $0) }) { first, _ in first }
    scores = pieces.map(\.1)
    self.unknown = unknown
    self.hidden = hidden
    bytes = fallsBackToBytes ? BytePairs.byteTokens(in: numbers) : []
    longest = pieces.map(\.0.count).max() ?? 0
    penalty = (pieces.filter { !hidden.contains($0.0) }.map(\.1).min() ?? 0) - 10
  }

  func token(for piece: String) -> Int? { numbers[Array(piece.utf8)] }

  func tokens(of word: String) -> [Int] {
    let text = Array(word.utf8)
    // The best way to each byte: its score, where its last piece begins, and which that is.
    var ways = [(score: Double, start: Int, token: Int)?](repeating: nil, count: text.count + 1)
    ways[0] = (0, 0, unknown)
    var start = 0
    while start < text.count {
      let width = Self.width(of: text[start])
      let next = min(start + width, text.count)
      guard let before = ways[start]?.score else {
        start = next
        continue
      }
      func offer(_ score: Double, _ end: Int, _ token: Int) {
        if let known = ways[end], known.score >= score { return }
        ways[end] = (score, start, token)
      }
      var hasCharacter = false
      var end = next
      while end <= text.count, end - start <= max(longest, width) {
        let piece = Array(text[start..<end])
        if let token = numbers[piece], !hidden.contains(piece) {
          offer(before + scores[token], end, token)
          hasCharacter = hasCharacter || end == next
        }
        guard end < text.count else { break }
        end = min(end + Self.width(of: text[end]), text.count)
      }
      if !hasCharacter { offer(before + penalty, next, unknown) }
      start = next
    }
    var tokens: [Int] = []
    var end = text.count
    while end > 0, let way = ways[end] {
      if way.token != unknown {
        tokens.append(way.token)
      } else if !bytes.isEmpty {
        tokens += text[way.start..<end].reversed().map { bytes[Int($0)] }
      } else if tokens.last != unknown {
        // What is unknown one after the other is one token.
        tokens.append(unknown)
      }
      end = way.start
    }
    return tokens.reversed()
  }

  /// How many bytes the character has that begins with this one.
  private static func width(of byte: UInt8) -> Int {
    switch byte {
    case 0xF0...: 4
    case 0xE0...: 3
    case 0xC0...: 2
    default: 1
    }
  }
}

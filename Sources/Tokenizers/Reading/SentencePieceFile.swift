/// What SentencePiece's `spiece.model` says: pieces with their likelihoods, and what is done to a text before.
///
/// Source: SentencePiece's `sentencepiece_model.proto`.
struct SentencePieceFile {
  private var pieces: [(piece: PieceBytes, score: Double, kind: Int)] = []
  private var characters: [UInt8] = []
  private var prependsSpace = true
  private var removesSpaces = true
  /// 1 is the likeliest pieces, 2 byte pairs.
  private var kind = 1
  private var fallsBackToBytes = false

  /// - Throws: ``TokenizerError`` where it is damaged, or no vocabulary of likeliest pieces.
  init(_ bytes: [UInt8]) throws(TokenizerError) {
    for field in try Field.all(in: bytes[...]) {
      switch (field.number, field.content) {
      case (1, .bytes(let piece)):
        var entry = (piece: PieceBytes(), score: 0.0, kind: 1)
        for field in try Field.all(in: piece) {
          switch (field.number, field.content) {
          case (1, .bytes(let text)): entry.piece = Array(text)
          case (2, .fixed(let bits)): entry.score = Double(Float(bitPattern: bits))
          case (3, .number(let kind)): entry.kind = kind
          default: break
          }
        }
        pieces.append(entry)
      case (2, .bytes(let trainer)):
        for field in try Field.all(in: trainer) {
          if case (3, .number(let kind)) = (field.number, field.content) { self.kind = kind }
          if case (35, .number(let flag)) = (field.number, field.content) { fallsBackToBytes = flag != 0 }
        }
      case (3, .bytes(let normalizer)):
        for field in try Field.all(in: normalizer) {
          switch (field.number, field.content) {
          case (2, .bytes(let table)): characters = Array(table)
          case (3, .number(let flag)): prependsSpace = flag != 0
          case (4, .number(let flag)): removesSpaces = flag != 0
          default: break
          }
        }
      default: break
      }
    }
    guard kind == 1 else {
      throw TokenizerError("it is a SentencePiece model of another kind than 'unigram': convert it to tokenizer.json")
    }
  }

  /// The tokenizer as it is described; the mark of the end is that of the piece `</s>`.
  func tokenizer() throws(TokenizerError) -> Tokenizer {
    // Unknown is of kind 2, marks of kind 3, bytes of kind 6.
    let hidden = Set(pieces.filter { [2, 3, 6].contains($0.kind) }.map(\.piece))
    var tokenizer = Tokenizer(
      model: try LikeliestPieces(
        pieces.map { ($0.piece, $0.score) }, unknown: pieces.firstIndex { $0.kind == 2 } ?? -1,
        fallsBackToBytes: fallsBackToBytes, hiding: hidden))
    if !characters.isEmpty { tokenizer.cleaning.append(try CharacterMap(characters, lookingUpCharacters: false)) }
    if removesSpaces {
      tokenizer.cleaning.append(Replace(pattern: try Pattern(expression: #"\A +|[ ▁]+\z"#), content: ""))
      tokenizer.cleaning.append(Replace(pattern: try Pattern(expression: " {2,}"), content: " "))
    }
    tokenizer.splitting = [MarkedSpaces(prepending: prependsSpace ? .always : .never, splits: false)]
    if let end = tokenizer.model.token(for: "</s>") {
      tokenizer.frame = ([], [end])
      tokenizer.padding.token = end
    }
    return tokenizer
  }
}

/// A field of a message of protocol buffers.
private struct Field {
  enum Content { case number(Int), fixed(UInt32), bytes(ArraySlice<UInt8>) }

  let number: Int
  let content: Content

  static func all(in bytes: ArraySlice<UInt8>) throws(TokenizerError) -> [Field] {
    let damaged = TokenizerError("it is no whole SentencePiece model: download it again")
    var rest = bytes
    func integer() throws(TokenizerError) -> Int {
      var (value, shift) = (UInt64(0), UInt64(0))
      while let byte = rest.popFirst(), shift < 64 {
        value |= UInt64(byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 { return Int(truncatingIfNeeded: value) }
      }
      throw damaged
    }
    func take(_ count: Int) throws(TokenizerError) -> ArraySlice<UInt8> {
      guard count >= 0, count <= rest.count else { throw damaged }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }
    var fields: [Field] = []
    while !rest.isEmpty {
      let tag = try integer()
      let number = tag >> 3
      switch tag & 7 {
      case 0: fields.append(Field(number: number, content: .number(try integer())))
      case 1: _ = try take(8)
      case 2: fields.append(Field(number: number, content: .bytes(try take(integer()))))
      case 5:
        let bits = try take(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        fields.append(Field(number: number, content: .fixed(bits)))
      default: throw damaged
      }
    }
    return fields
  }
}

import Foundation

extension Tokenizer {
  /// The files that a tokenizer is read from, the first first.
  static let fileNames = ["tokenizer.json", "vocab.json", "spiece.model"]

  /// Whether a folder holds what a tokenizer is read from.
  public static func isIn(folder path: String) -> Bool {
    fileNames.contains { FileManager.default.fileExists(atPath: path + "/" + $0) }
  }

  /// The tokenizer in a folder: `tokenizer.json`, `vocab.json` with `merges.txt` as CLIP has them, or `spiece.model`.
  ///
  /// `tokenizer_config.json` tells the padding, and a class of the library that does more than its files say.
  /// - Throws: ``TokenizerError`` where there is none, or it cannot be read; it names the file.
  public init(inFolder path: String) throws(TokenizerError) {
    func contents(_ name: String) -> [UInt8]? {
      guard let data = try? Data(contentsOf: URL(fileURLWithPath: path + "/" + name)), data.count < 256 << 20 else {
        return nil
      }
      return Array(data)
    }
    let settings = contents("tokenizer_config.json").flatMap { try? ByteJSON($0) } ?? .null
    let kind = settings["tokenizer_class"].text ?? ""
    var name = ""
    do throws(TokenizerError) {
      if let bytes = contents("tokenizer.json") {
        name = "tokenizer.json"
        self = try TokenizerFile(bytes).tokenizer()
      } else if let bytes = contents("vocab.json") {
        name = "vocab.json"
        guard let merges = contents("merges.txt") else { throw TokenizerError("merges.txt is not beside it") }
        self = try .contrastive(bytes, merges: merges)
      } else if let bytes = contents("spiece.model") {
        name = "spiece.model"
        self = try SentencePieceFile(bytes).tokenizer()
        if kind.hasPrefix("SiglipTokenizer") {
          // The library puts the mark of a word in front itself, and takes marks in the text for spaces.
          cleaning.insert(Replace(pattern: try Pattern(text: "▁"), content: " "), at: 0)
          cleaning.insert(Prepend(text: "▁"), at: 1)
          cleaning.insert(Canonicalize(), at: 2)
          splitting = [MarkedSpaces(prepending: .never, splits: false)]
        }
      } else {
        throw TokenizerError(
          "'\(path)' holds no tokenizer (tokenizer.json, vocab.json with merges.txt, or spiece.model)")
      }
    } catch {
      throw name.isEmpty ? error : TokenizerError("'\(path)/\(name)' cannot be read as a tokenizer: \(error)")
    }
    if kind.hasPrefix("SiglipTokenizer"), name == "tokenizer.json" { canonicalizes = true }
    if kind.hasPrefix("Siglip2Tokenizer") { cleaning.insert(Lowercase(), at: 0) }
    if let pad = settings["pad_token"].text ?? settings["pad_token"]["content"].text, let token = number(of: pad) {
      padding.token = token
    }
    if let side = settings["padding_side"].text { padding.isLeft = side == "left" }
  }

  private func number(of piece: String) -> Int? {
    added.tokens.first { $0.content == piece }?.number ?? model.token(for: piece)
  }

  /// CLIP's own tokenizer, of which two files hold the vocabulary alone.
  ///
  /// Source: Radford et al., 2021, arXiv:2103.00020, section 2.4, and its code; the words are parted as Hugging Face's
  /// `CLIPTokenizer` parts them.
  static func contrastive(_ vocabulary: [UInt8], merges: [UInt8]) throws(TokenizerError) -> Tokenizer {
    var numbers: [PieceBytes: Int] = [:]
    for (piece, number) in try ByteJSON(vocabulary).members ?? [] { numbers[piece] = number.integer ?? -1 }
    var pairs: [(PieceBytes, PieceBytes)] = []
    for line in merges.split(separator: 10) where !line.starts(with: "#version".utf8) {
      let parts = line.split(whereSeparator: { $0 == 32 || $0 == 13 })
      guard parts.count == 2 else { throw TokenizerError("merges.txt has a line that is no pair") }
      pairs.append((Array(parts[0]), Array(parts[1])))
    }
    let marks = ["<|startoftext|>", "<|endoftext|>"]
    guard let start = numbers[Array(marks[0].utf8)], let end = numbers[Array(marks[1].utf8)] else {
      throw TokenizerError("its vocabulary lacks \(marks[0]) or \(marks[1]), CLIP's marks")
    }
    var tokenizer = Tokenizer(
      model: try BytePairs(
        numbers, joining: pairs,
        BytePairs.Settings(wordEnd: Array("</w>".utf8), unknown: Array(marks[1].utf8))))
    tokenizer.cleaning = [
      NormalForm.canonicalComposition, Replace(pattern: try Pattern(expression: #"\s+"#), content: " "), Lowercase(),
    ]
    tokenizer.splitting = [
      PatternSplit(
        pattern: try Pattern(
          expression: #"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"#),
        behavior: .removed, isInverted: true),
      ByteCharacters(words: PatternSplit(pattern: try Pattern(expression: ByteCharacters.usualWords))),
    ]
    tokenizer.added.tokens = zip(marks, [start, end]).map { AddedTokens.Token(content: $0, number: $1) }
    tokenizer.frame = ([start], [end])
    tokenizer.padding.token = end
    return tokenizer
  }
}

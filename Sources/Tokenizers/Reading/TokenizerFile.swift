import Foundation

/// What `tokenizer.json` says, the one file of Hugging Face's tokenizers.
struct TokenizerFile {
  private let json: ByteJSON

  init(_ bytes: some Collection<UInt8>) throws(TokenizerError) { json = try ByteJSON(bytes) }

  /// The tokenizer as it is described.
  ///
  /// - Throws: ``TokenizerError`` with the first part that is not known.
  func tokenizer() throws(TokenizerError) -> Tokenizer {
    let model = try model(json["model"])
    var tokenizer = Tokenizer(model: model)
    tokenizer.cleaning = try cleaning(json["normalizer"])
    tokenizer.splitting = try splitting(json["pre_tokenizer"])
    for token in json["added_tokens"].list ?? [] {
      guard let content = token["content"].text, let number = token["id"].integer, number >= 0 else { continue }
      tokenizer.added.tokens.append(
        AddedTokens.Token(
          content: content, number: number, isCleaned: token["normalized"].flag ?? false,
          isWord: token["single_word"].flag ?? false,
          takesSpace: (token["lstrip"].flag ?? false, token["rstrip"].flag ?? false)))
    }
    tokenizer.frame = try frame(json["post_processor"])
    if let token = json["padding"]["pad_id"].integer { tokenizer.padding.token = token }
    tokenizer.padding.isLeft = json["padding"]["direction"].text == "Left"
    return tokenizer
  }

  private func unknown(_ part: String, _ type: ByteJSON) -> TokenizerError {
    TokenizerError("it has the \(part) '\((type.text ?? "without a name").prefix(60))', which is not known here")
  }

  // MARK: Subwords

  private func model(_ model: ByteJSON) throws(TokenizerError) -> any SubwordModel {
    // Files before version 1 name no type where it is byte pairs.
    switch model["type"].text ?? (model["merges"].isNull ? "Unigram" : "BPE") {
    case "BPE": return try bytePairs(model)
    case "Unigram":
      var pieces: [(PieceBytes, Double)] = []
      for entry in model["vocab"].list ?? [] {
        guard let pair = entry.list, pair.count == 2, let piece = pair[0].bytes, let score = pair[1].number else {
          throw TokenizerError("its vocabulary has an entry that is no piece with its likelihood")
        }
        pieces.append((piece, score))
      }
      return try LikeliestPieces(
        pieces, unknown: model["unk_id"].integer ?? -1, fallsBackToBytes: model["byte_fallback"].flag ?? false)
    default: throw unknown("kind of vocabulary", model["type"])
    }
  }

  private func bytePairs(_ model: ByteJSON) throws(TokenizerError) -> BytePairs {
    var vocabulary: [PieceBytes: Int] = [:]
    for (piece, number) in model["vocab"].members ?? [] { vocabulary[piece] = number.integer ?? -1 }
    var pairs: [(PieceBytes, PieceBytes)] = []
    for merge in model["merges"].list ?? [] {
      let parts = merge.list?.map { $0.bytes ?? [] } ?? (merge.bytes ?? []).split(separator: 32).map { Array($0) }
      guard parts.count == 2 else { throw TokenizerError("its merges have an entry that is no pair") }
      pairs.append((parts[0], parts[1]))
    }
    guard model["continuing_subword_prefix"].bytes?.isEmpty ?? true else {
      throw unknown("mark within words", model["continuing_subword_prefix"])
    }
    return try BytePairs(
      vocabulary, joining: pairs,
      BytePairs.Settings(
        wordEnd: model["end_of_word_suffix"].bytes ?? [], unknown: model["unk_token"].bytes,
        joinsUnknown: model["fuse_unk"].flag ?? false, fallsBackToBytes: model["byte_fallback"].flag ?? false,
        takesWholeWords: model["ignore_merges"].flag ?? false))
  }

  // MARK: Texts

  private func cleaning(_ step: ByteJSON) throws(TokenizerError) -> [any TextCleaning] {
    switch step["type"].text {
    case nil where step.isNull: return []
    case "Sequence":
      var all: [any TextCleaning] = []
      for part in step["normalizers"].list ?? [] { all += try cleaning(part) }
      return all
    case "Lowercase": return [Lowercase()]
    case "Strip": return [Strip(left: step["strip_left"].flag ?? true, right: step["strip_right"].flag ?? true)]
    case "StripAccents": return [StripAccents()]
    case "Prepend": return [Prepend(text: step["prepend"].text ?? "")]
    case "Replace": return [Replace(pattern: try pattern(step["pattern"]), content: step["content"].text ?? "")]
    case "Precompiled":
      let table = step["precompiled_charsmap"].text.flatMap { Data(base64Encoded: $0) } ?? Data()
      return table.isEmpty ? [] : [try CharacterMap(Array(table), lookingUpCharacters: true)]
    case let name?:
      guard let form = NormalForm(rawValue: name) else { throw unknown("cleaning", step["type"]) }
      return [form]
    case nil: throw unknown("cleaning", step["type"])
    }
  }

  private func splitting(_ step: ByteJSON) throws(TokenizerError) -> [any TextSplitting] {
    switch step["type"].text {
    case nil where step.isNull: return []
    case "Sequence":
      var all: [any TextSplitting] = []
      for part in step["pretokenizers"].list ?? [] { all += try splitting(part) }
      return all
    case "Split":
      guard let behavior = PatternSplit.Behavior(rawValue: step["behavior"].text ?? "") else {
        throw unknown("way to part a text", step["behavior"])
      }
      return [
        PatternSplit(
          pattern: try pattern(step["pattern"]), behavior: behavior, isInverted: step["invert"].flag ?? false)
      ]
    case "ByteLevel":
      let words =
        step["use_regex"].flag ?? true
        ? PatternSplit(pattern: try Pattern(expression: ByteCharacters.usualWords)) : nil
      return [ByteCharacters(words: words, prependsSpace: step["add_prefix_space"].flag ?? true)]
    case "Metaspace":
      var spaces = MarkedSpaces()
      spaces.mark = step["replacement"].text?.unicodeScalars.first ?? spaces.mark
      if step["add_prefix_space"].flag == false { spaces.prepending = .never }
      if let scheme = step["prepend_scheme"].text {
        guard let known = MarkedSpaces.Prepending(rawValue: scheme) else {
          throw unknown("way to part a text", step["prepend_scheme"])
        }
        spaces.prepending = known
      }
      spaces.splits = step["split"].flag ?? true
      return [spaces]
    case "WhitespaceSplit": return [WhitespaceSplit()]
    default: throw unknown("way to part a text", step["type"])
    }
  }

  private func pattern(_ json: ByteJSON) throws(TokenizerError) -> Pattern {
    if let text = json["String"].text { return try Pattern(text: text) }
    return try Pattern(expression: json["Regex"].text ?? "")
  }

  // MARK: Marks

  private func frame(_ step: ByteJSON) throws(TokenizerError) -> (before: [Int], after: [Int]) {
    switch step["type"].text {
    case nil where step.isNull: return ([], [])
    case "ByteLevel": return ([], [])
    case "Sequence":
      var all: (before: [Int], after: [Int]) = ([], [])
      for part in step["processors"].list ?? [] {
        let (before, after) = try frame(part)
        all = (before + all.before, all.after + after)
      }
      return all
    case "RobertaProcessing", "BertProcessing":
      guard let first = step["cls"].list?.last?.integer, let last = step["sep"].list?.last?.integer else {
        throw unknown("marks", step["type"])
      }
      return ([first], [last])
    case "TemplateProcessing":
      var (before, after): ([Int], [Int]) = ([], [])
      var isBehind = false
      for piece in step["single"].list ?? [] {
        if !piece["Sequence"].isNull {
          isBehind = true
        } else if let name = piece["SpecialToken"]["id"].text {
          let numbers = (step["special_tokens"][name]["ids"].list ?? []).compactMap(\.integer)
          if isBehind { after += numbers } else { before += numbers }
        }
      }
      return (before, after)
    default: throw unknown("marks", step["type"])
    }
  }
}

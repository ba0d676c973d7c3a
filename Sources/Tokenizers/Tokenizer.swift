/// What makes tokens of a text: the numbers of pieces in a vocabulary, between marks of beginning and end.
///
/// Source: the pipeline of Hugging Face's tokenizers, whose files it follows; byte pairs after Sennrich et al., 2016,
/// arXiv:1508.07909, the likeliest pieces after Kudo, 2018, arXiv:1804.10959.
public struct Tokenizer: Sendable {
  /// Pieces that stand for themselves, whatever is around them.
  var added = AddedTokens()
  /// What is done to a text before anything else, in order.
  var cleaning: [any TextCleaning] = []
  /// How a text is parted into words, in order.
  var splitting: [any TextSplitting] = []
  /// How a word becomes pieces of the vocabulary.
  var model: any SubwordModel
  /// The tokens in front of every text, and behind it.
  var frame: (before: [Int], after: [Int]) = ([], [])
  /// What fills the places behind shorter texts, or in front of them.
  public internal(set) var padding = Padding()

  /// Whether texts are made small letters without punctuation before anything else, as SigLIP's are.
  public var canonicalizes: Bool {
    get { cleaning.first is Canonicalize }
    set {
      guard newValue != canonicalizes else { return }
      if newValue { cleaning.insert(Canonicalize(), at: 0) } else { cleaning.removeFirst() }
    }
  }

  /// What fills a row of tokens up.
  public struct Padding: Hashable, Sendable {
    public var token = 0
    /// Whether it stands in front.
    public var isLeft = false
  }

  /// The tokens of a text.
  ///
  /// - Parameters:
  ///   - text: any text.
  ///   - limit: how many tokens there may be, marks included; what is too long is cut at its end, before the mark.
  /// - Returns: The tokens, and how many were cut off.
  /// - Throws: ``TokenizerError`` for a text of more than 20 000 bytes.
  public func tokens(of text: String, limit: Int) throws(TokenizerError) -> (tokens: [Int], cut: Int) {
    guard text.utf8.count <= 20_000 else {
      throw TokenizerError("a text of \(text.utf8.count) bytes is no sentence: give at most 20000")
    }
    var tokens = pieces(of: text)
    let room = max(0, limit - frame.before.count - frame.after.count)
    let cut = max(0, tokens.count - room)
    tokens.removeLast(cut)
    return (frame.before + tokens + frame.after, cut)
  }

  /// The tokens of a text without marks.
  private func pieces(of text: String) -> [Int] {
    var tokens: [Int] = []
    var isFirst = true
    for part in added.parts(of: text, cleaning: cleaning) {
      switch part {
      case .token(let token): tokens.append(token)
      case .text(let text):
        var words = [text]
        for splitter in splitting { words = words.flatMap { splitter.words(of: $0, isFirst: isFirst) } }
        for word in words where !word.isEmpty { tokens += model.tokens(of: word) }
      }
      isFirst = false
    }
    return tokens
  }
}

/// A step that makes another text of a text.
protocol TextCleaning: Sendable {
  func cleaned(_ text: String) -> String
}

/// A step that parts a text into words.
protocol TextSplitting: Sendable {
  /// - Parameters:
  ///   - text: what is parted.
  ///   - isFirst: whether nothing stands before it.
  /// - Returns: The words in order.
  func words(of text: String, isFirst: Bool) -> [String]
}

/// A vocabulary of pieces, and the way a word is made of them.
protocol SubwordModel: Sendable {
  func tokens(of word: String) -> [Int]

  /// The number of a piece; `nil` where there is none.
  func token(for piece: String) -> Int?
}

/// The bytes of a piece: two pieces may differ in bytes only that look the same.
typealias PieceBytes = [UInt8]

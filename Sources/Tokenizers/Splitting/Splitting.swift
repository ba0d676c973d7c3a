/// A text parted at a pattern.
struct PatternSplit: TextSplitting {
  let pattern: Pattern
  var behavior = Behavior.isolated
  /// Whether what matches is taken for what is between, and the other way round.
  var isInverted = false

  /// What becomes of what a text is parted at, by the library's names.
  enum Behavior: String {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"
  }

  func words(of text: String, isFirst: Bool) -> [String] {
    let parts = pattern.parts(of: text).map { (text: $0.text, isDelimiter: $0.isMatch != isInverted) }
    switch behavior {
    case .removed: return parts.filter { !$0.isDelimiter }.map(\.text)
    case .isolated: return parts.map(\.text)
    case .contiguous:
      return parts.indices.reduce(into: [String]()) { words, index in
        if index > 0, parts[index].isDelimiter == parts[index - 1].isDelimiter {
          words[words.count - 1] += parts[index].text
        } else {
          words.append(parts[index].text)
        }
      }
    case .mergedWithPrevious:
      return parts.indices.reduce(into: [String]()) { words, index in
        if parts[index].isDelimiter, index > 0, !parts[index - 1].isDelimiter {
          words[words.count - 1] += parts[index].text
        } else {
          words.append(parts[index].text)
        }
      }
    case .mergedWithNext:
      return parts.indices.reversed().reduce(into: [String]()) { words, index in
        if parts[index].isDelimiter, index + 1 < parts.count, !parts[index + 1].isDelimiter {
          words[words.count - 1] = parts[index].text + words[words.count - 1]
        } else {
          words.append(parts[index].text)
        }
      }.reversed()
    }
  }
}

/// Spaces shown as a mark of their own, `▁`, which stands in front of each word.
struct MarkedSpaces: TextSplitting {
  var mark: Unicode.Scalar = "▁"
  var prepending = Prepending.always
  /// Whether a text is parted in front of each mark.
  var splits = true

  /// Where a mark is put in front of texts that have none, by the library's names.
  enum Prepending: String { case always, first, never }

  func words(of text: String, isFirst: Bool) -> [String] {
    var scalars = text.unicodeScalars.map { $0 == " " ? mark : $0 }
    if prepending == .always || prepending == .first && isFirst, scalars.first != mark { scalars.insert(mark, at: 0) }
    var words: [String.UnicodeScalarView] = []
    for scalar in scalars {
      if words.isEmpty || splits && scalar == mark { words.append(String.UnicodeScalarView()) }
      words[words.count - 1].append(scalar)
    }
    return words.map { String($0) }
  }
}

/// A text parted at white space, which is left out.
struct WhitespaceSplit: TextSplitting {
  func words(of text: String, isFirst: Bool) -> [String] {
    text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).map { String($0) }
  }
}

/// Bytes as visible characters, one for each.
///
/// Source: Radford et al., "Language models are unsupervised multitask learners", 2019, section 2.2; the table is that of
/// GPT-2's code.
struct ByteCharacters: TextSplitting {
  /// How words are parted first; `nil` where they are not.
  let words: PatternSplit?
  /// Whether a space is put in front of a text that has none.
  var prependsSpace = false

  func words(of text: String, isFirst: Bool) -> [String] {
    let text = prependsSpace && !text.hasPrefix(" ") ? " " + text : text
    return (words?.words(of: text, isFirst: isFirst) ?? [text]).map { word in
      var scalars = String.UnicodeScalarView()
      for byte in word.utf8 { scalars.append(Self.characters[Int(byte)]) }
      return String(scalars)
    }
  }

  /// The words of GPT-2.
  static let usualWords =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

  /// The character that stands for each byte: its own where it can be seen, else the next from U+0100 on.
  static let characters: [Unicode.Scalar] = {
    var next: UInt32 = 256
    return (UInt8.min...UInt8.max).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(byte)
      default:
        defer { next += 1 }
        return Unicode.Scalar(next) ?? " "
      }
    }
  }()
}

/// Letters that no font of this computer has, and one font has together.
public struct MissingLetters: Hashable, Sendable, CustomStringConvertible {
  /// The letters, each once, in the order of the sheet.
  public let letters: [Character]
  /// The script as Unicode calls it: `Devanagari`, `emoji`; `CJK` for all that is written in China, Japan and Korea.
  public let script: String

  /// One clause with the remedy: which font to install.
  public var description: String {
    let shown = letters.prefix(8).map(String.init).joined(separator: " ") + (letters.count > 8 ? " …" : "")
    return "no font here has \(shown) (\(script)), and a question mark is drawn for each: install \(font), which is in "
      + "Debian's \(package)"
  }

  private var font: String {
    script == "CJK" ? "Noto Sans CJK" : script == "emoji" ? "Noto Color Emoji" : "Noto Sans for \(script)"
  }
  private var package: String {
    script == "CJK" ? "fonts-noto-cjk" : script == "emoji" ? "fonts-noto-color-emoji" : "fonts-noto-core"
  }
}

extension MissingLetters {
  /// The letters by their scripts, in the order in which these are met first.
  package static func grouped(_ letters: [Character]) -> [MissingLetters] {
    var scripts: [String] = []
    var byScript: [String: [Character]] = [:]
    for letter in letters where !(byScript[script(of: letter)] ?? []).contains(letter) {
      let script = script(of: letter)
      if byScript[script] == nil { scripts.append(script) }
      byScript[script, default: []].append(letter)
    }
    return scripts.map { MissingLetters(letters: byScript[$0] ?? [], script: $0) }
  }

  /// The first word of a letter's name in Unicode, `THAI CHARACTER KO KAI`, is its script.
  private static func script(of letter: Character) -> String {
    guard let scalar = letter.unicodeScalars.first, !scalar.properties.isEmojiPresentation else { return "emoji" }
    let word = scalar.properties.name?.prefix { $0 != " " && $0 != "-" } ?? ""
    switch word {
    case "": return "unnamed signs"
    case "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC", "HALFWIDTH", "FULLWIDTH": return "CJK"
    default: return String(word.prefix(1)) + word.dropFirst().lowercased()
    }
  }
}

extension ComparisonSheet {
  /// What is written on the sheet that no font of this computer can draw; nothing on most.
  ///
  /// - Throws: ``RenderingError`` where the drawing library has no memory.
  public func missingLetters() throws -> [MissingLetters] {
    let texts = texts.filter { !$0.isWestern }
    guard !texts.isEmpty else { return [] }
    let measure = try TextMeasure()
    return MissingLetters.grouped(texts.flatMap { measure.missingLetters(of: $0) })
  }

  /// Everything that is written on it.
  private var texts: [String] {
    [title, subtitle]
      + rows.flatMap { row in
        [row.title, row.subtitle]
          + row.panels.flatMap { panel in
            let words: [String] = if case .empty(let status, let hint) = panel.content { [status, hint] } else { [] }
            return [panel.title, panel.caption, panel.badge ?? "", panel.colorBar?.note ?? ""] + words
          }
      } + footer
  }
}

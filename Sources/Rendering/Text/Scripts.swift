extension String {
  /// Whether all letters are such as the sheet's own typeface is known to have; others cost a look at its glyphs.
  var isWestern: Bool {
    unicodeScalars.allSatisfy { $0.value < 0x250 || 0x2010...0x2026 ~= $0.value || $0 == "\u{2212}" }
  }

  /// The language whose forms Han letters take: Japanese beside kana, Korean beside hangul, or else Chinese.
  var languageOfHan: String {
    for scalar in unicodeScalars {
      switch scalar.value {
      case 0x3040...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9F: return "ja"
      case 0x1100...0x11FF, 0x3130...0x318F, 0xAC00...0xD7FF: return "ko"
      case 0x3100...0x312F: return "zh-tw"
      default: continue
      }
    }
    return unicodeScalars.contains { 0x2E80...0x9FFF ~= $0.value || 0x20000...0x3FFFF ~= $0.value } ? "zh-cn" : "en"
  }

  /// The text as a line of a paragraph that runs from right to left, in which what does not is set apart.
  var runningRightToLeft: String {
    let parts = split(separator: " · ", omittingEmptySubsequences: false).map(String.init)
    return "\u{2067}"
      + parts.map { $0.unicodeScalars.contains(where: \.isRightToLeft) ? $0 : "\u{2066}\($0)\u{2069}" }
      .joined(separator: " · ") + "\u{2069}"
  }

  /// Whether the first letter that has a direction runs from right to left.
  var runsRightToLeft: Bool {
    for scalar in unicodeScalars {
      if scalar.isRightToLeft { return true }
      if scalar.properties.isAlphabetic { return false }
    }
    return false
  }

  /// The text with every name that runs from right to left set apart, so that what follows it, a probability perhaps,
  /// stays after it instead of moving into it (Unicode Annex 9, isolates).
  package var isolatingRightToLeft: String {
    guard unicodeScalars.first != "\u{2067}", unicodeScalars.contains(where: \.isRightToLeft) else { return self }
    return split(separator: " · ", omittingEmptySubsequences: false).map { String($0).isolatingName }
      .joined(separator: " · ")
  }

  /// A part between middle dots, in which a name may follow words of the other direction: "predicted: قطة 3".
  private var isolatingName: String {
    let scalars = Array(unicodeScalars)
    func text(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[range])) }
    guard let first = scalars.firstIndex(where: \.isRightToLeft), let last = scalars.lastIndex(where: \.isRightToLeft)
    else { return self }
    let start = runsRightToLeft ? 0 : first
    // Numbers and signs behind it are the name's; words of the other direction are not.
    let isLast = runsRightToLeft || !scalars[last...].contains { !$0.isRightToLeft && $0.properties.isAlphabetic }
    let end = isLast ? scalars.count : last + 1
    return "\(text(0..<start))\u{2067}\(text(start..<end))\u{2069}\(text(end..<scalars.count))"
  }
}

extension Unicode.Scalar {
  /// Whether it is of a script that runs from right to left: Hebrew, Arabic, Syriac, Thaana, N'Ko, Adlam and the like.
  var isRightToLeft: Bool {
    switch value {
    case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFE, 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
    default: false
    }
  }

  /// Whether letters around it take other forms or places than one after the other from left to right.
  var needsShaping: Bool {
    if isRightToLeft || 0x900...0x109F ~= value || 0x1700...0x1AFF ~= value { return true }
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .format: return true
    default: return false
    }
  }

  /// Whether it is a sign that nobody sees but that breaks lines or turns the direction of others.
  var isControl: Bool {
    switch value {
    case 0..<32, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }
}

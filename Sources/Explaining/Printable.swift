extension String {
  /// The text without what a terminal would obey, or what would turn around the text beside it: control characters are
  /// shown as their pictures (␛), and marks that override the direction of writing as �.
  package var printable: String {
    guard unicodeScalars.contains(where: { $0.isSteering }) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map { $0.isSteering ? $0.shown : $0 }))
  }

  /// The same, lines and tabs left as they are.
  package var printableLines: String {
    guard unicodeScalars.contains(where: { $0.isSteering && $0 != "\n" && $0 != "\t" }) else { return self }
    return String(
      String.UnicodeScalarView(unicodeScalars.map { $0.isSteering && $0 != "\n" && $0 != "\t" ? $0.shown : $0 }))
  }
}

extension Unicode.Scalar {
  /// Whether it is a control character, or opens or closes a stretch of another direction.
  fileprivate var isSteering: Bool {
    switch value {
    case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029: true
    default: false
    }
  }

  /// What stands for it.
  fileprivate var shown: Unicode.Scalar {
    switch value {
    case 0..<0x20: Unicode.Scalar(0x2400 + value) ?? "\u{FFFD}"
    case 0x7F: "\u{2421}"
    default: "\u{FFFD}"
    }
  }
}

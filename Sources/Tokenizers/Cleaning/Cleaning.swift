import Foundation

/// One of Unicode's four normal forms.
enum NormalForm: String, TextCleaning {
  case canonicalComposition = "NFC"
  case canonicalDecomposition = "NFD"
  case compatibilityComposition = "NFKC"
  case compatibilityDecomposition = "NFKD"

  func cleaned(_ text: String) -> String {
    switch self {
    case .canonicalComposition: text.precomposedStringWithCanonicalMapping
    case .canonicalDecomposition: text.decomposedStringWithCanonicalMapping
    case .compatibilityComposition: text.precomposedStringWithCompatibilityMapping
    case .compatibilityDecomposition: text.decomposedStringWithCompatibilityMapping
    }
  }
}

/// Small letters for capitals, each by itself.
struct Lowercase: TextCleaning {
  func cleaned(_ text: String) -> String { text.unicodeScalars.map(\.properties.lowercaseMapping).joined() }
}

/// White space taken from the ends.
struct Strip: TextCleaning {
  var left = true
  var right = true

  func cleaned(_ text: String) -> String {
    var scalars = Substring(text).unicodeScalars
    while left, scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
    while right, scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
    return String(scalars)
  }
}

/// Marks that combine with a letter taken away.
struct StripAccents: TextCleaning {
  func cleaned(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: text.unicodeScalars.filter { $0.properties.generalCategory != .nonspacingMark })
    return String(scalars)
  }
}

/// A text put in front of any that is not empty.
struct Prepend: TextCleaning {
  let text: String

  func cleaned(_ text: String) -> String { text.isEmpty ? text : self.text + text }
}

/// Every occurrence of a pattern replaced.
struct Replace: TextCleaning {
  let pattern: Pattern
  let content: String

  func cleaned(_ text: String) -> String {
    pattern.parts(of: text).map { $0.isMatch ? content : $0.text }.joined()
  }
}

/// ASCII punctuation taken away and white space made single, as SigLIP was trained.
///
/// Source: big_vision's `prompt_engineering.py`, as in Hugging Face's `SiglipTokenizer.canonicalize_text`.
struct Canonicalize: TextCleaning {
  func cleaned(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.lowercased().unicodeScalars where !Self.isPunctuation(scalar) {
      if !scalar.properties.isWhitespace {
        scalars.append(scalar)
      } else if scalars.last != " ", !scalars.isEmpty {
        scalars.append(" ")
      }
    }
    if scalars.last == " " { scalars.removeLast() }
    return String(scalars)
  }

  private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
    default: false
    }
  }
}

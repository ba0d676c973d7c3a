@_spi(Limn) import Tensors

/// The most characters that an error's sentence has, whatever a file holds.
package let longestSentence = 600

/// Names in quotation marks, as many of the first as fit: `'a', 'b' and 40 more`.
package func listed(_ names: [String], within length: Int = 300) -> String { Tensors.listed(names, within: length) }

/// As many of the first parts as fit, then the number of the others and what `kind` they are.
package func joined(_ parts: [String], by separator: String, within length: Int, kind: String) -> String {
  Tensors.joined(parts, by: separator, within: length, kind: kind)
}

/// A text of at most `length` characters, its middle left out where it is longer.
package func elided(_ text: String, to length: Int) -> String { Tensors.elided(text, to: length) }

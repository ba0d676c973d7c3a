/// Names in quotation marks, as many of the first as fit: `'a', 'b' and 40 more`.
///
/// - Parameters:
///   - names: the names; long ones lose their middle.
///   - length: how many characters the list may have, about.
/// - Returns: the list.
@_spi(Limn) public func listed(_ names: [String], within length: Int = 300) -> String {
  joined(names.map { "'\(elided($0, to: 100))'" }, by: ", ", within: length, kind: "more")
}

/// As many of the first parts as fit, then the number of the others and what `kind` they are.
@_spi(Limn) public func joined(_ parts: [String], by separator: String, within length: Int, kind: String) -> String {
  var (text, count) = ("", 0)
  for part in parts {
    let next = text.isEmpty ? part : text + separator + part
    if !text.isEmpty, next.count > length { break }
    (text, count) = (next, count + 1)
  }
  return count == parts.count ? text : "\(text) and \(parts.count - count) \(kind)"
}

/// A text of at most `length` characters, its middle left out where it is longer.
@_spi(Limn) public func elided(_ text: String, to length: Int) -> String {
  // Counted only where it may matter: characters are slow to count.
  guard text.utf8.count > length, text.count > length else { return text }
  let kept = max(0, length - 1)
  return text.prefix(kept - kept / 2) + "…" + text.suffix(kept / 2)
}

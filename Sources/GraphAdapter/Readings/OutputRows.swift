import GraphEngine

/// Some rows of an output of tokens, `[1, tokens, numbers]`: one, or all from one on; written `y[0]` and `y[1:]`.
public struct OutputRows: Hashable, Sendable {
  /// The first of them, from 0.
  public let first: Int
  /// Whether all after it are meant, too.
  public let isOpen: Bool
  /// Whether the network's places tell that the row is a class token's, rather than somebody who asked for it.
  public let isFound: Bool

  /// One row, or all from it on.
  public init(from first: Int, isOpen: Bool = false, isFound: Bool = false) {
    (self.first, self.isOpen, self.isFound) = (first, isOpen, isFound)
  }

  /// An output's name without the rows that are written behind it, and the rows; `nil` for none.
  public static func parting(_ text: String) -> (output: String, rows: OutputRows)? {
    guard text.hasSuffix("]"), let bracket = text.lastIndex(of: "["), bracket != text.startIndex else { return nil }
    var inside = text[text.index(after: bracket)...].dropLast()
    let isOpen = inside.last == ":"
    if isOpen { inside = inside.dropLast() }
    guard let first = Int(inside), first >= 0 else { return nil }
    return (String(text[..<bracket]), OutputRows(from: first, isOpen: isOpen))
  }
}

extension GraphEnds.Found {
  /// The same with some rows of tokens `[batch, tokens, numbers]` alone.
  func taking(_ rows: OutputRows, of tokens: Int) -> GraphEnds.Found {
    var found = self
    found.row = rows
    found.logits = "\(logits)[\(rows.first)\(rows.isOpen ? ":" : "")]"
    let indices = Array(rows.first..<(rows.isOpen ? tokens : rows.first + 1))
    found.addedNodes.append(
      Node(
        Gather(indices: indices, indicesShape: rows.isOpen ? [indices.count] : [], axis: 1), [logits], to: found.logits)
    )
    return found
  }
}

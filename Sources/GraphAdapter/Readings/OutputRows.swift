import GraphEngine
import Kernels

/// Some rows of an output of tokens or steps, `[1, tokens, numbers]` or `[steps, 1, numbers]`: one, or all from one on;
/// written `y[0]` and `y[1:]`; also of `[1, numbers, steps]`, where the steps are places of the image.
///
/// Of a text reader, `y[decoded]` is what it reads.
public struct OutputRows: Hashable, Sendable {
  /// The first of them, from 0.
  public let first: Int
  /// Whether all after it are meant, too.
  public let isOpen: Bool
  /// Whether the network's places tell that the row is a class token's, rather than somebody who asked for it.
  public let isFound: Bool

  /// Whether the string that is decoded greedily is meant, step by step the likeliest class: the logarithm of its
  /// probability, `Σₜ max_c log p(c | t)`, as connectionist temporal classification has it before repeated classes and
  /// blanks are left out. (Graves et al., ICML 2006.)
  public let isDecoded: Bool

  /// One row, or all from it on.
  public init(from first: Int, isOpen: Bool = false, isFound: Bool = false) {
    (self.first, self.isOpen, self.isFound, isDecoded) = (first, isOpen, isFound, false)
  }

  private init() { (first, isOpen, isFound, isDecoded) = (0, true, false, true) }

  /// The string that is decoded greedily.
  public static let decoded = OutputRows()

  /// An output's name without the rows that are written behind it, and the rows; `nil` for none.
  public static func parting(_ text: String) -> (output: String, rows: OutputRows)? {
    guard text.hasSuffix("]"), let bracket = text.lastIndex(of: "["), bracket != text.startIndex else { return nil }
    var inside = text[text.index(after: bracket)...].dropLast()
    if inside == "decoded" { return (String(text[..<bracket]), .decoded) }
    let isOpen = inside.last == ":"
    if isOpen { inside = inside.dropLast() }
    guard let first = Int(inside), first >= 0 else { return nil }
    return (String(text[..<bracket]), OutputRows(from: first, isOpen: isOpen))
  }
}

extension PlacesOfAxes {
  /// Whether the steps of a sequence lie behind its classes, `[1, classes, steps]`, as convolutions leave them.
  func areLast(of value: String) -> Bool { runs(over: value, 2) && !runs(over: value, 1) }
}

extension GraphEnds.Found {
  /// The same with the steps of a sequence before its classes, `[1, steps, classes]`.
  func transposed() -> GraphEnds.Found {
    var found = self
    found.logits = "steps of \(logits)"
    found.addedNodes.append(Node(Transpose(permutation: [0, 2, 1]), [logits], to: found.logits))
    return found
  }

  /// The same with some rows of tokens `[batch, tokens, numbers]` or steps `[steps, batch, numbers]` alone.
  func taking(_ rows: OutputRows, of shape: [Int]) -> GraphEnds.Found {
    var found = self
    let axis = OutputRows.axis(of: shape)
    found.row = rows
    if rows.isDecoded {
      found.logits = "\(logits)[decoded]"
      let (likeliest, best) = ("\(logits)[log]", "\(logits)[best]")
      let logarithm: any Operator = isProbability ? ElementwiseFunction(.log) : LogSoftmax(axis: 2)
      found.addedNodes += [
        Node(logarithm, [logits], to: likeliest),
        Node(Reduction(.max, axes: [2], keepsDimensions: true), [likeliest], to: best),
        Node(Reduction(.sum, axes: [axis], keepsDimensions: false), [best], to: found.logits),
      ]
      return found
    }
    found.logits = "\(logits)[\(rows.first)\(rows.isOpen ? ":" : "")]"
    let indices = Array(rows.first..<(rows.isOpen ? shape[axis] : rows.first + 1))
    found.addedNodes.append(
      Node(
        Gather(indices: indices, indicesShape: rows.isOpen ? [indices.count] : [], axis: axis), [logits],
        to: found.logits))
    return found
  }
}

extension OutputRows {
  /// Along which axis the rows of a value lie: the first where recurrent layers left their steps there.
  static func axis(of shape: [Int]) -> Int { shape.count == 3 && shape[0] > 1 && shape[1] == 1 ? 0 : 1 }
}

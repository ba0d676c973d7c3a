import Foundation

/// Which of a detector's boxes is meant, as people write it.
public enum BoxExpression: Hashable, Sendable {
  /// The one of this number in the list of boxes, from 1.
  case number(Int)
  /// The one that overlaps this rectangle most, in pixels of the photograph.
  case area(left: Double, top: Double, right: Double, bottom: Double)
  /// The one in this row of the network's output, from 0, whether it is in the list or not.
  case row(Int)
  /// All of the list, each by itself.
  case all

  /// Reads `3`, `left,top,right,bottom`, `row:1234` or `all`.
  ///
  /// - Throws: ``ExplainingError`` for anything else.
  public init(_ text: String) throws(ExplainingError) {
    let text = text.trimmed.lowercased()
    let expected = "give its number in the list, left,top,right,bottom in pixels, row:1234, or all"
    if text == "all" {
      self = .all
    } else if text.hasPrefix("row:") {
      guard let row = Int(text.dropFirst(4)), row >= 0 else { throw .usage("'\(text)' is not a box: \(expected)") }
      self = .row(row)
    } else if let number = Int(text) {
      guard number >= 1 else { throw .usage("there is no box \(number): boxes are numbered from 1") }
      self = .number(number)
    } else {
      let edges = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0.trimmed) }
      guard edges.count == 4, case let edges = edges.compactMap({ $0 }), edges.count == 4,
        edges.allSatisfy({ abs($0) <= 1e9 })
      else { throw .usage("'\(text)' is not a box: \(expected)") }
      guard edges[0] < edges[2], edges[1] < edges[3] else {
        throw .usage("the box \(text) is empty: the right edge must be beyond the left, the bottom below the top")
      }
      self = .area(left: edges[0], top: edges[1], right: edges[2], bottom: edges[3])
    }
  }
}

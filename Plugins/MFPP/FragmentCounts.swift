/// About how many fragments an image is cut into, for each level of a pyramid.
public struct FragmentCounts: Hashable, Sendable, LosslessStringConvertible {
  public var counts: [Int]

  public init(_ counts: [Int]) { self.counts = counts }

  /// - Parameter description: Whole numbers from 1, joined by plus signs.
  public init?(_ description: String) {
    let numbers = description.split(separator: "+", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard numbers.allSatisfy({ $0 > 0 }) else { return nil }
    counts = numbers
  }

  public var description: String { counts.map(String.init).joined(separator: "+") }

  static let expected = "whole numbers from 1, joined by +"
}

import Foundation
package import Tensors

/// How far a map is from another that should be the same.
package struct MapDeviation: CustomStringConvertible {
  /// The largest difference, as a share of the largest magnitude.
  package let largest: Float
  /// The share of the places that differ by more than ``tolerance``.
  package let share: Float

  /// What rounding does to a map.
  static let tolerance: Float = 1e-4
  /// What is not the same map any more: units of the network at a kink move gradients by some hundredths.
  static let limit: Float = 0.05

  package init(of map: Tensor, from own: Tensor) {
    guard map.shape == own.shape else {
      (largest, share) = (.infinity, 1)
      return
    }
    let magnitude = max(own.scalars.reduce(0) { max($0, abs($1)) }, .leastNormalMagnitude)
    let differences = zip(map.scalars, own.scalars).map { $0 == $1 ? 0 : abs($0 - $1) / magnitude }
    largest = differences.allSatisfy { !$0.isNaN } ? differences.max() ?? 0 : .infinity
    share = Float(differences.count { !($0 <= Self.tolerance) }) / Float(max(1, differences.count))
  }

  package var isNotable: Bool { largest > Self.tolerance }
  package var isOfAnotherMap: Bool { largest > Self.limit }

  package var description: String {
    guard largest.isFinite else { return "of another shape, or no number somewhere, and so infinitely" }
    let (parts, places) = (String(format: "%.1e", largest), String(format: "%.2g", 100 * share))
    return "\(parts) of its largest magnitude, \(places) % of the places by more than 1e-4"
  }
}

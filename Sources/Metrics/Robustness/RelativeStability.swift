import AttributionKit
import Tensors

extension Neighbors {
  /// How much more the map changes than something else does, both as shares, at the neighbour where that is greatest.
  ///
  ///     max |(a(x) − a(x')) / a(x)|₂ / max(change, ε),    ŷ(x) = ŷ(x')
  ///
  /// Neighbors that the network answers in another way are left out, and places where the map is zero count as if it were `ε`.
  ///
  /// - Parameters:
  ///   - count: How many neighbours there are.
  ///   - change: How much else changes at a neighbour.
  /// - Returns: The greatest of the ratios; no value where there is none.
  /// - Throws: Whatever the model, the method or the session's progress throws.
  func relativeStability(_ count: Int, change: (ExplanationSession) throws -> Double) throws -> MetricResult {
    let map = try explanation.balance(), session = explanation.session
    guard map.norm > 0 else { return .ofEmptyMap }
    let ratios = try self.map(count) { neighbor -> Double? in
      guard try session.score.classIndex == nil || session.agrees(with: neighbor.session) else { return nil }
      let shares = try neighbor.balance().relativeDistance(from: map)
      return shares / max(try change(neighbor.session), Double(Tensor.leastDivisor))
    }
    let known = ratios.compactMap { $0 }
    guard let greatest = known.max() else {
      return .undefined("the network answers every image nearby in another way")
    }
    let left = count - known.count
    return MetricResult(
      Float(greatest),
      remarks: left > 0
        ? ["\(left) of \(count) images nearby are left out, which the network answers in another way"] : [])
  }
}

extension Tensor {
  /// `ε`: in place of what would be divided by and is zero.
  static let leastDivisor: Float = 1e-6

  /// `|(b − a) / b|₂`, number by number.
  func relativeDistance(from other: Tensor) -> Double {
    zip(scalars, other.scalars).reduce(0.0) { sum, pair in
      let share = (Double(pair.1) - Double(pair.0)) / Double(pair.1 == 0 ? Self.leastDivisor : pair.1)
      return sum + share * share
    }.squareRoot()
  }
}

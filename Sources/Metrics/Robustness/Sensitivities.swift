import AttributionKit
import Tensors

extension Neighbors {
  /// `|a(x') − a(x)|₂ / |a(x)|₂` of each of so many neighbours.
  ///
  /// - Parameters:
  ///   - count: How many there are.
  ///   - scaled: Whether every map is divided by its largest value first.
  ///   - values: What of an explanation is `a`; its balance unless something else is said.
  /// - Returns: `nil` where the map is zero everywhere.
  /// - Throws: Whatever the model, the method or the session's progress throws.
  func sensitivities(
    _ count: Int, scaled: Bool = false, of values: (Explanation) throws -> Tensor = { try $0.balance() }
  ) throws -> [Float]? {
    func read(_ explanation: Explanation) throws -> Tensor {
      let map = try values(explanation), largest = map.scalars.reduce(0) { max($0, abs($1)) }
      return scaled && largest > 0 ? map.map { $0 / largest } : map
    }
    let map = try read(explanation), size = map.norm
    guard size > 0 else { return nil }
    return try self.map(count) { Float(try read($0).distance(from: map) / size) }
  }
}

extension MetricResult {
  /// Why a metric that compares maps says nothing of one that is zero everywhere.
  static let ofEmptyMap = MetricResult.undefined("the map is empty")
}

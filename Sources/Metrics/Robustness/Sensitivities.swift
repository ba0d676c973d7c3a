import AttributionKit
import Tensors

extension Neighbors {
  /// `|a(x') − a(x)|₂ / |a(x)|₂` of each of so many neighbours; `a` is the balance of the explanation.
  ///
  /// - Returns: `nil` where the map is zero everywhere.
  /// - Throws: Whatever the model, the method or the session's progress throws.
  func sensitivities(_ count: Int) throws -> [Float]? {
    let map = try explanation.balance(), size = map.norm
    guard size > 0 else { return nil }
    return try self.map(count) { Float(try $0.balance().distance(from: map) / size) }
  }
}

extension MetricResult {
  /// Why a metric that compares maps says nothing of one that is zero everywhere.
  static let ofEmptyMap = MetricResult.undefined("the map is empty")
}

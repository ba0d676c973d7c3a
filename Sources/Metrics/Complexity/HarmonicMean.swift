import AttributionKit

extension MetricResult {
  /// The harmonic mean of numbers from 0 to 1, of which each is better the higher: 0 where one of them is.
  ///
  /// - Returns: The first that is undefined where one is; the remarks of all, each once.
  static func harmonicMean(of parts: [MetricResult]) -> MetricResult {
    if let undefined = parts.first(where: { $0.value == nil }) { return undefined }
    let values = parts.compactMap(\.value)
    let mean = values.contains { $0 <= 0 } ? 0 : Float(values.count) / values.reduce(0) { $0 + 1 / $1 }
    return MetricResult(
      mean, remarks: parts.flatMap(\.remarks).reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
  }

  /// Another number with the same remarks; undefined where this is.
  func mapped(_ transform: (Float) -> Float) -> MetricResult {
    value.map { MetricResult(transform($0), remarks: remarks) } ?? self
  }

  /// The same with remarks before its own; undefined where this is.
  func remarking(_ remarks: [String]) -> MetricResult {
    value.map { MetricResult($0, curves: curves, remarks: remarks + self.remarks) } ?? self
  }
}

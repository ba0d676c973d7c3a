/// A way of judging attributions: a number for each, and what is behind it.
///
/// A metric is a value: its parameters are stored properties, and it keeps nothing between calls. What is random in it is
/// decided by a seed among them.
public protocol AttributionMetric: Sendable {
  /// The judgement of one explanation.
  ///
  /// Where the metric is not defined, as where a map is to be held against an object and none was marked, or the map is
  /// empty, the result has no value and says why; it is no error.
  ///
  /// - Throws: ``AttributionError`` where the network lacks what the metric asks of it, or a parameter makes no sense;
  ///   whatever the model, the explanation's method or the session's progress throws.
  func result(for explanation: Explanation) throws -> MetricResult

  /// The passes of the network that a judgement takes, beyond those of the explanation; none unless it says so.
  ///
  /// - Parameters:
  ///   - method: What made the explanation, for metrics that run it again.
  ///   - model: The network; without one, passes whose number depends on it are counted for each unit of it.
  /// - Returns: The passes, and what they are counted by.
  func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost
}

extension AttributionMetric {
  public func cost(ofJudging method: any AttributionMethod, on model: (any ModelAdapter)?) -> Cost { .zero }
}

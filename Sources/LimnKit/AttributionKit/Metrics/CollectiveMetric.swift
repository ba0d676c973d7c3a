public import Tensors

/// A metric that holds the explanations of several images against each other, all made by one method.
///
/// Of each explanation no more is kept than its ``MetricTrace``, since there may be many. Judged alone, an explanation has
/// no number.
public protocol CollectiveMetric: AttributionMetric {
  /// What is to be kept of one explanation.
  ///
  /// - Throws: Where the metric is not defined for it; the error says why.
  func trace(of explanation: Explanation) throws -> MetricTrace

  /// The judgement of each explanation among all of them.
  ///
  /// - Parameter traces: One for each explanation, in the order in which they were made.
  /// - Returns: As many results, in that order.
  func results(for traces: [MetricTrace]) -> [MetricResult]
}

extension CollectiveMetric {
  public func result(for explanation: Explanation) throws -> MetricResult {
    .undefined("images are held against each other: judge several together")
  }
}

/// What a metric keeps of an explanation to hold it against others.
public struct MetricTrace: Hashable, Sendable {
  /// The map, `[height, width]`, as the metric reads it.
  public let map: Tensor
  /// The class explained; `nil` where the score is about none.
  public let classIndex: Int?

  public init(_ map: Tensor, classIndex: Int?) { (self.map, self.classIndex) = (map, classIndex) }
}

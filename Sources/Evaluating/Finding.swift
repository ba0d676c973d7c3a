public import AttributionKit
public import Explaining

/// What one metric says of what one method made of one picture and target.
public struct Finding: Sendable {
  /// Which of the pictures it is, from 0.
  public let index: Int
  /// The picture and what was asked about it.
  public let inquiry: Inquiry
  public let method: MethodExpression
  public let metric: MetricExpression
  /// The number, or why there is none.
  public let result: MetricResult
  /// How long the metric took.
  public let duration: Duration
}

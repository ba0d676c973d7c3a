public import Tensors

/// Whether attributions add up to what they explain, as an axiom of their method demands.
public struct Completeness: Hashable, Sendable {
  /// The sum of the attributions.
  public let sum: Float
  /// What it should be: the score less that of the baseline, or for relevance the score.
  public let expected: Float

  public init(of values: Tensor, expected: Float) {
    self.init(sum: Float(values.scalars.reduce(0.0) { $0 + Double($1) }), expected: expected)
  }

  private init(sum: Float, expected: Float) {
    self.sum = sum
    self.expected = expected
  }

  /// How far the sum is off.
  public var error: Float { sum - expected }

  /// The same of the opposite values.
  static prefix func - (operand: Completeness) -> Completeness {
    Completeness(sum: -operand.sum, expected: -operand.expected)
  }
}

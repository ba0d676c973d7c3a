public import Tensors

/// The derivative of a score by the outputs of a network, from which every backward pass starts.
///
/// They stand in the order of the outputs, the one explained first.
public struct Cotangents: Hashable, Sendable {
  /// A derivative for each output, in its shape; `nil` where the score does not depend on it, as it does not on outputs
  /// beyond the last.
  public let values: [Tensor?]

  /// The derivatives by the outputs, in their order.
  public init(_ values: [Tensor?]) {
    self.values = Array(values.prefix((values.lastIndex { $0 != nil } ?? -1) + 1))
  }

  /// The derivative of a score that depends on nothing but the output explained.
  public init(_ explained: Tensor) { self.init([explained]) }

  /// The derivative by one of the outputs; `nil` where the score does not depend on it.
  public subscript(index: Int) -> Tensor? { values.indices.contains(index) ? values[index] : nil }

  /// The derivative by the output explained; `nil` where the score does not depend on it.
  public var explained: Tensor? { self[0] }

  /// The derivative of the opposite score.
  public static prefix func - (operand: Cotangents) -> Cotangents { Cotangents(operand.values.map { $0.map { -$0 } }) }

  /// The derivative of the sum of two scores.
  public static func + (lhs: Cotangents, rhs: Cotangents) -> Cotangents {
    Cotangents(
      (0..<max(lhs.values.count, rhs.values.count)).map { index in
        guard let a = lhs[index], let b = rhs[index] else { return lhs[index] ?? rhs[index] }
        return a + b
      })
  }

  /// The derivative of the difference of two scores.
  public static func - (lhs: Cotangents, rhs: Cotangents) -> Cotangents {
    Cotangents(
      (0..<max(lhs.values.count, rhs.values.count)).map { index in
        guard let a = lhs[index], let b = rhs[index] else { return lhs[index] ?? rhs[index].map { -$0 } }
        return a - b
      })
  }

  /// The derivative of a multiple of a score.
  public static func * (factor: Float, cotangents: Cotangents) -> Cotangents {
    Cotangents(cotangents.values.map { $0.map { factor * $0 } })
  }
}

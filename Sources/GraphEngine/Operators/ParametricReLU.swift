public import Kernels

/// `y = x` for positive `x`, `slope · x` otherwise, with a learnt slope that broadcasts.
///
/// Inputs: `x`, `slope` (constant).
public struct ParametricReLU: Operator {
  /// A rectifier whose negative slope is its second input.
  public init() {}

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    guard try broadcast(inputs[0], inputs[1]) == inputs[0] else {
      throw ShapeError("a slope of \(spelled(inputs[1])) does not fit its input")
    }
    return inputs[0]
  }

  /// The output, `max(0, x) − slope · max(0, −x)`.
  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    let negative = try combine(.multiply, rectified(apply(.neg, inputs[0])), inputs[1])
    return try combine(.subtract, rectified(inputs[0]), negative)
  }

  public var pullbackNeeds: PullbackNeeds { .inputs }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    let x = point.input(0)
    let positive = try applyPullback(.relu, cotangent, input: x)
    let rest = try combine(.subtract, cotangent, positive)
    return [try combine(.add, positive, combine(.multiply, rest, point.constant(1, of: self))), nil]
  }

  public var kind: OperatorKind { .activation(.other) }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .elementwise }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.elementwise, .elementwise] }

  public func isAffine(in input: Int) -> Bool { false }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}

extension ParametricReLU: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    writer.add("PRelu", inputs, shape: shape)
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    _ = try point.constant(1, of: self)
    let isPositive = try writer.comparison("Greater", point.input(0), writer.scalar(0))
    return [
      try writer.selection(isPositive, cotangent, writer.product(cotangent, point.input(1))), nil,
    ]
  }
}

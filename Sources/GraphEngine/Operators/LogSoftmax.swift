public import Kernels

/// `x − log Σ e^x` along one axis.
public struct LogSoftmax: Operator {
  /// The axis whose exponentials add up to one.
  public let axis: Int

  /// The logarithm of a softmax.
  public init(axis: Int) { self.axis = axis }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] { inputs[0] }

  public func forward(_ inputs: [NDArray]) throws -> NDArray { try logSoftmax(inputs[0], axis: axis) }

  public var pullbackNeeds: PullbackNeeds { .output }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    [try logSoftmaxPullback(cotangent, output: point.keptOutput, axis: axis)]
  }

  public var kind: OperatorKind { .other }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .elementwise }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.lines(axes: [axis])] }

  public func isAffine(in input: Int) -> Bool { false }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}

extension LogSoftmax: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    writer.add("LogSoftmax", inputs, ["axis": .integer(axis)], shape: shape)
  }

  /// The cotangent less its sum in parts of the probabilities, `g − e^y Σ g`.
  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    let sum = writer.reduced("ReduceSum", cotangent, axes: [axis])
    return [try writer.difference(cotangent, writer.product(writer.unary("Exp", point.output()), sum))]
  }
}

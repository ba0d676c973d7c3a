public import Kernels

/// `e^x / Σ e^x` along one axis.
public struct Softmax: Operator {
  /// The axis along which the results add up to one.
  public let axis: Int

  /// A softmax along an axis.
  public init(axis: Int) { self.axis = axis }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] { inputs[0] }

  public func forward(_ inputs: [NDArray]) throws -> NDArray { try softmax(inputs[0], axis: axis) }

  public var pullbackNeeds: PullbackNeeds { .output }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    [try softmaxPullback(cotangent, output: point.keptOutput, axis: axis)]
  }

  public var kind: OperatorKind { .softmax }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .elementwise }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.lines(axes: [axis])] }

  public func isAffine(in input: Int) -> Bool { false }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}

extension Softmax: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    writer.add("Softmax", inputs, ["axis": .integer(axis)], shape: shape)
  }

  /// The cotangent less its mean, both weighed by the probabilities, `y ⊙ (g − Σ g ⊙ y)`.
  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    let y = try point.output()
    let sum = writer.reduced("ReduceSum", try writer.product(cotangent, y), axes: [axis])
    return [try writer.product(y, writer.difference(cotangent, sum))]
  }
}

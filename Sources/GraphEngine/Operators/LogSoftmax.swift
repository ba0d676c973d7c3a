public import Kernels

/// `x − log Σ e^x` along one axis.
public struct LogSoftmax: Operator {
  public let axis: Int

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

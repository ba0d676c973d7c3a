public import Kernels

/// The array repeated to a larger shape, as broadcasting would.
public struct Expand: Operator {
  /// What the input is broadcast with.
  public let shape: [Int]

  /// A repetition to the shape that the input and `shape` broadcast to.
  public init(to shape: [Int]) { self.shape = shape }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] { try broadcast(inputs[0], shape) }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    try expanded(inputs[0], to: outputShape(of: [inputs[0].shape]))
  }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    [summed(cotangent, to: point.inputShapes[0])]
  }

  public var kind: OperatorKind { .movement }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .repeats }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.moved] }

  public func isAffine(in input: Int) -> Bool { true }

  public func keepsSilentChannels(of shape: [Int]) -> Bool {
    shape.count == self.shape.count && shape.prefix(2) == self.shape.prefix(2)
  }
}

extension Expand: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    writer.expanded(inputs[0], to: shape)
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    [try writer.summed(cotangent, to: point.inputShapes[0])]
  }
}

public import Kernels

/// The same scalars, in row-major order, under another shape: also Flatten, Squeeze and Unsqueeze.
public struct Reshape: Operator {
  /// The output's shape, of as many scalars.
  public let shape: [Int]

  /// The same scalars under another shape.
  public init(to shape: [Int]) { self.shape = shape }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    guard inputs[0].reduce(1, *) == shape.reduce(1, *) else {
      throw ShapeError("\(inputs[0].reduce(1, *)) scalars cannot fill \(spelled(shape))")
    }
    return shape
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray { inputs[0].reshaped(shape) }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    [cotangent.reshaped(point.inputShapes[0])]
  }

  public var kind: OperatorKind { .movement }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .reshapes }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.moved] }

  public func isAffine(in input: Int) -> Bool { true }

  /// Of one number per channel nothing but the order is left, which stays.
  public func keepsSilentChannels(of shape: [Int]) -> Bool { shape.dropFirst(2).allSatisfy { $0 == 1 } }
}

extension Reshape: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    writer.reshaped(inputs[0], to: shape)
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    [writer.reshaped(cotangent, to: point.inputShapes[0])]
  }
}

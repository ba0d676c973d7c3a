public import Kernels

/// The mean of each channel, `yₖ = 1/Z Σᵢⱼ xₖᵢⱼ`, every spatial extent becoming 1.
public struct GlobalAveragePool: Operator {
  /// A mean over all positions of `[N, C, …]`.
  public init() {}

  public func outputShape(of inputs: [[Int]]) throws -> [Int] { try pooledGlobally(inputs[0]) }

  public func forward(_ inputs: [NDArray]) throws -> NDArray { try globalAveragePooling(inputs[0]) }

  public var followsPlanPrecision: Bool { true }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    [try globalAveragePoolingPullback(cotangent, inputShape: point.inputShapes[0])]
  }

  public var kind: OperatorKind { .pooling(.average) }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .mixes(axes: Array(2..<inputs[0].count)) }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.lines(axes: Array(2..<inputs[0].count))] }

  public func isAffine(in input: Int) -> Bool { true }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { shape.count > 2 }
}

/// `[N, C, …]` with every spatial extent 1.
func pooledGlobally(_ shape: [Int]) throws -> [Int] {
  guard shape.count > 2 else { throw ShapeError("there is nothing to pool over") }
  return Array(shape.prefix(2)) + Array(repeating: 1, count: shape.count - 2)
}

extension GlobalAveragePool: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    writer.add("GlobalAveragePool", inputs, shape: shape)
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    let shape = point.inputShapes[0], area = shape.extents.dropFirst(2).reduce(1, *)
    return [writer.expanded(try writer.scaled(cotangent, by: 1 / Float(area)), to: shape)]
  }
}

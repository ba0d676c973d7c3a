public import Kernels

/// The maximum of each channel; a tie goes to the first position in row-major order.
public struct GlobalMaxPool: Operator {
  /// A maximum over all positions of `[N, C, …]`.
  public init() {}

  public func outputShape(of inputs: [[Int]]) throws -> [Int] { try pooledGlobally(inputs[0]) }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    try maxPooling(inputs[0], .whole(inputs[0].shape), outputShape: outputShape(of: [inputs[0].shape]))
  }

  public var pullbackNeeds: PullbackNeeds { .inputs }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    [try maxPoolingPullback(cotangent, input: point.input(0), .whole(point.inputShapes[0]))]
  }

  public var kind: OperatorKind { .pooling(.maximum) }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .mixes(axes: Array(2..<inputs[0].count)) }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.lines(axes: Array(2..<inputs[0].count))] }

  public func isAffine(in input: Int) -> Bool { false }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { shape.count > 2 }
}

extension PoolingGeometry {
  /// One window that covers an input of this shape.
  fileprivate static func whole(_ shape: [Int]) -> Self {
    let spatial = Array(shape.dropFirst(2))
    let (zeros, ones) = (spatial.map { _ in 0 }, spatial.map { _ in 1 })
    return Self(
      kernel: spatial, strides: ones, dilations: ones, paddingBefore: zeros, paddingAfter: zeros, countsPadding: false)
  }
}

extension GlobalMaxPool: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    writer.add("GlobalMaxPool", inputs, shape: shape)
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    let shape = point.inputShapes[0], area = shape.extents.dropFirst(2).reduce(1, *)
    let rows = WrittenShape(Array(shape.extents.prefix(2)) + [area], imageAxis: shape.imageAxis)
    let chosen = writer.firstMaximum(writer.reshaped(try point.input(0), to: rows), axis: 2)
    let g = writer.reshaped(cotangent, to: rows.with(1, along: 2))
    return [writer.reshaped(try writer.product(chosen, g), to: shape)]
  }
}

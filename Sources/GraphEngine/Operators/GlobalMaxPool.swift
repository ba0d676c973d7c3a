public import Kernels

/// The maximum of each channel; a tie goes to the first position in row-major order.
public struct GlobalMaxPool: Operator {
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

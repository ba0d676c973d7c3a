public import Kernels

/// The mean of each window, over its real positions or, where the geometry counts padding, the padded ones too.
public struct AveragePool: Operator {
  public let geometry: PoolingGeometry
  public let ceilMode: Bool

  public init(_ geometry: PoolingGeometry, ceilMode: Bool) {
    self.geometry = geometry
    self.ceilMode = ceilMode
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    try geometry.outputShape(of: inputs[0], ceilMode: ceilMode)
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    try averagePooling(inputs[0], geometry, outputShape: outputShape(of: [inputs[0].shape]))
  }

  public var followsPlanPrecision: Bool { true }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    [try averagePoolingPullback(cotangent, geometry, inputShape: point.inputShapes[0])]
  }

  public var kind: OperatorKind { .pooling(.average) }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .window(kernel: geometry.kernel, mixesChannels: false) }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.everything] }

  public func isAffine(in input: Int) -> Bool { true }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { shape.count > 2 }
}

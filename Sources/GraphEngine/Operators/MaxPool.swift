public import Kernels

/// The maximum of each window; a tie goes to the first position in row-major order.
public struct MaxPool: Operator {
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
    try maxPooling(inputs[0], geometry, outputShape: outputShape(of: [inputs[0].shape]))
  }

  public var followsPlanPrecision: Bool { true }

  public var pullbackNeeds: PullbackNeeds { .inputs }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    [try maxPoolingPullback(cotangent, input: point.input(0), geometry)]
  }

  public var kind: OperatorKind { .pooling(.maximum) }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .window(kernel: geometry.kernel, mixesChannels: false) }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.everything] }

  public func isAffine(in input: Int) -> Bool { false }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { shape.count > 2 }
}

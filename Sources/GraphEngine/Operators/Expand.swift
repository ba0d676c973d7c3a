public import Kernels

/// The array repeated to a larger shape, as broadcasting would.
public struct Expand: Operator {
  public let shape: [Int]

  public init(to shape: [Int]) { self.shape = shape }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] { try broadcast(inputs[0], shape) }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    try expanded(inputs[0], to: outputShape(of: [inputs[0].shape]))
  }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    [summed(cotangent, to: point.inputShapes[0])]
  }
}

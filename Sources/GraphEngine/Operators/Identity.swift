public import Kernels

/// What does nothing at inference: Identity, Dropout, casts between floating-point types.
public struct Identity: Operator {
  public init() {}

  public func outputShape(of inputs: [[Int]]) throws -> [Int] { inputs[0] }

  public func forward(_ inputs: [NDArray]) throws -> NDArray { inputs[0] }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] { [cotangent] }
}

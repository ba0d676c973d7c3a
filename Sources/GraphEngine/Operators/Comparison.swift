public import Kernels

/// 1 where a relation holds between two arrays that broadcast, 0 elsewhere; no gradient passes.
public struct Comparison: Operator {
  public let relation: Relation

  public init(_ relation: Relation) { self.relation = relation }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] { try broadcast(inputs[0], inputs[1]) }

  public func forward(_ inputs: [NDArray]) throws -> NDArray { try compared(relation, inputs[0], inputs[1]) }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] { [nil, nil] }

  public var kind: OperatorKind { .other }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .elementwise }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.elementwise, .elementwise] }

  public func isAffine(in input: Int) -> Bool { false }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}

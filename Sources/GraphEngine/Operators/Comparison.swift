public import Kernels

/// 1 where a relation holds between two arrays that broadcast, 0 elsewhere; no gradient passes.
public struct Comparison: Operator {
  /// What is asked of the first input and the second.
  public let relation: Relation

  /// Whether a relation holds, scalar by scalar.
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

extension Comparison: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    let type =
      switch relation {
      case .equal, .notEqual: "Equal"
      case .less: "Less"
      case .lessOrEqual: "LessOrEqual"
      case .greater: "Greater"
      case .greaterOrEqual: "GreaterOrEqual"
      }
    let truths = writer.real(try writer.comparison(type, inputs[0], inputs[1]).name, shape)
    return relation == .notEqual ? try writer.difference(writer.scalar(1), truths) : truths
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] { [nil, nil] }
}

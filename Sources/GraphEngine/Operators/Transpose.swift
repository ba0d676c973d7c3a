public import Kernels

/// The dimensions in another order: dimension `i` of the output is `permutation[i]` of the input.
public struct Transpose: Operator {
  /// For each dimension of the output, that of the input.
  public let permutation: [Int]

  /// The dimensions in another order.
  public init(permutation: [Int]) { self.permutation = permutation }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    guard permutation.sorted() == Array(inputs[0].indices) else {
      throw ShapeError("\(permutation) does not permute its dimensions")
    }
    return permutation.map { inputs[0][$0] }
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray { try transposed(inputs[0], permutation: permutation) }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    [try transposed(cotangent, permutation: inverse(ofPermutation: permutation))]
  }

  public var kind: OperatorKind { .movement }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .permutes(permutation) }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.moved] }

  public func isAffine(in input: Int) -> Bool { true }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { permutation.starts(with: [0, 1]) }
}

extension Transpose: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    writer.transposed(inputs[0], permutation)
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    [writer.transposed(cotangent, permutation.indices.map { permutation.firstIndex(of: $0) ?? $0 })]
  }
}

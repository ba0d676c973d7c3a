public import Kernels

/// The dimensions in another order: dimension `i` of the output is `permutation[i]` of the input.
public struct Transpose: Operator {
  public let permutation: [Int]

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

public import Kernels

/// Local response normalisation across channels: `y = x / (b + α/n · Σ x²)^β` over `n` neighbouring channels.
public struct LocalResponseNormalization: Operator {
  public let response: LocalResponse

  public init(size: Int, alpha: Float, beta: Float, bias: Float) {
    response = LocalResponse(size: size, alpha: alpha, beta: beta, bias: bias)
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    guard inputs[0].count >= 2 else { throw ShapeError("there are no channels to normalise across") }
    return inputs[0]
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    try localResponseNormalization(inputs[0], response)
  }

  public var pullbackNeeds: PullbackNeeds { .inputs }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    [try localResponseNormalizationPullback(cotangent, input: point.input(0), response)]
  }

  public var kind: OperatorKind { .normalization }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .elementwise }

  public func influence(of inputs: [[Int]]) -> [Influence] { [.lines(axes: [1])] }

  public func isAffine(in input: Int) -> Bool { false }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}

extension LocalResponseNormalization: Normalization {
  /// `v · y/x`; zero where the activation is, whose share of anything is nothing.
  public func linearPullback(_ cotangent: NDArray, input x: NDArray, constants: [NDArray?]) throws -> NDArray {
    try quotient(combine(.multiply, cotangent, forward([x])), by: x, stabilizer: 0)
  }
}

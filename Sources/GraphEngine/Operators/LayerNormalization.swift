public import Kernels

/// Layer normalisation over the dimensions from `axis` on: `y = γ·(x − μ)/√(σ² + ε) + β`.
///
/// Inputs: `x`, `γ` and optionally `β`, of the shape normalised over.
public struct LayerNormalization: Operator {
  /// The first of the dimensions that are normalised over; the last ones all are.
  public let axis: Int
  /// `ε`, added to the variance.
  public let epsilon: Float

  /// A normalisation over the dimensions from `axis` on.
  public init(axis: Int, epsilon: Float) {
    self.axis = axis
    self.epsilon = epsilon
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    let normalized = Array(inputs[0].dropFirst(axis))
    guard axis < inputs[0].count, inputs.dropFirst().allSatisfy({ $0 == normalized }) else {
      throw ShapeError("scale and shift must be \(spelled(normalized))")
    }
    return inputs[0]
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    try layerNormalization(
      inputs[0], axis: axis, scale: inputs[1], bias: inputs.count > 2 ? inputs[2] : nil, epsilon: epsilon)
  }

  public var pullbackNeeds: PullbackNeeds { .inputs }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    let pulled = try layerNormalizationPullback(
      cotangent, input: point.input(0), axis: axis, scale: point.constant(1, of: self), epsilon: epsilon)
    return [pulled] + point.noWeights
  }

  public var kind: OperatorKind { .normalization }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .elementwise }

  public func influence(of inputs: [[Int]]) -> [Influence] {
    [.lines(axes: Array(axis..<inputs[0].count))] + inputs.dropFirst().map { _ in .everything }
  }

  public func isAffine(in input: Int) -> Bool { false }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}

extension LayerNormalization: Normalization {
  public func linearPullback(_ cotangent: NDArray, input x: NDArray, constants: [NDArray?]) throws -> NDArray {
    guard let scale = constants[1] else { throw ShapeError("\(name) with a scale that depends on the image") }
    return try layerNormalizationPullback(
      cotangent, input: x, axis: axis, scale: scale, epsilon: epsilon, holdsDeviation: true)
  }
}

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

extension LayerNormalization: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    if writer.opset >= 17 {
      return writer.add(
        "LayerNormalization", inputs, ["axis": .integer(axis), "epsilon": .real(epsilon)], shape: shape)
    }
    let (centered, inverse) = try statistics(of: inputs[0], to: writer)
    let scaled = try writer.product(writer.product(centered, inverse), inputs[1])
    return inputs.count > 2 ? try writer.sum(scaled, inputs[2]) : scaled
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    _ = try point.constant(1, of: self)
    return [try pullback(cotangent, at: point, holdsDeviation: false, to: writer)] + point.noWeights
  }

  /// With `u = γ ⊙ g` and `x̂` the normalised row: `(u − mean(u) − x̂ mean(u x̂)) / σ`, its last term left out where the
  /// deviation is held.
  private func pullback(
    _ cotangent: Written, at point: WrittenPoint, holdsDeviation: Bool, to writer: GraphWriter
  ) throws -> Written {
    let axes = Array(axis..<point.inputShapes[0].rank)
    let (centered, inverse) = try statistics(of: point.input(0), to: writer)
    let u = try writer.product(cotangent, point.input(1))
    var sum = try writer.difference(u, writer.reduced("ReduceMean", u, axes: axes))
    if !holdsDeviation {
      let normalized = try writer.product(centered, inverse)
      let slope = writer.reduced("ReduceMean", try writer.product(u, normalized), axes: axes)
      sum = try writer.difference(sum, writer.product(normalized, slope))
    }
    return try writer.product(sum, inverse)
  }

  /// Each scalar less the mean of its row, and one by the row's deviation.
  private func statistics(of x: Written, to writer: GraphWriter) throws -> (centered: Written, inverse: Written) {
    let axes = Array(axis..<x.shape.rank)
    let centered = try writer.difference(x, writer.reduced("ReduceMean", x, axes: axes))
    let variance = writer.reduced("ReduceMean", try writer.product(centered, centered), axes: axes)
    let deviation = writer.unary("Sqrt", try writer.shifted(variance, by: epsilon))
    return (centered, writer.unary("Reciprocal", deviation))
  }
}

extension LayerNormalization: WritableNormalization {
  public func writeLinearPullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> Written {
    try pullback(cotangent, at: point, holdsDeviation: true, to: writer)
  }
}

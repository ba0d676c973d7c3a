public import Kernels

/// Batch normalisation with the statistics of training, `y = γ·(x − μ)/√(σ² + ε) + β`: affine in each channel.
///
/// Inputs: `x [N, C, …]`, then `γ`, `β`, `μ` and `σ²`, each `[C]` and constant.
public struct BatchNormalization: Operator {
  /// `ε`, added to each variance.
  public let epsilon: Float

  /// A normalisation by the statistics among its inputs.
  public init(epsilon: Float) { self.epsilon = epsilon }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    guard inputs[0].count >= 2, inputs.dropFirst().allSatisfy({ $0 == [inputs[0][1]] }) else {
      throw ShapeError("scale, shift, mean and variance must have one scalar per channel")
    }
    return inputs[0]
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    let (scale, shift) = scaleAndShift(Array(inputs.dropFirst()))
    return try affine(
      inputs[0], scale: NDArray(scale, shape: [scale.count]), shift: NDArray(shift, shape: [scale.count]))
  }

  /// `γ/√(σ² + ε)` and `β − μ·γ/√(σ² + ε)`, one per channel, from `γ`, `β`, `μ` and `σ²`.
  func scaleAndShift(_ constants: [NDArray]) -> (scale: [Float], shift: [Float]) {
    let scale = channelScale(constants[0], variance: constants[3])
    let shift = zip(zip(constants[1].scalars, constants[2].scalars), scale).map { $0.0 - $0.1 * $1 }
    return (scale, shift)
  }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    let scale = try channelScale(point.constant(1, of: self), variance: point.constant(4, of: self))
    return [try affine(cotangent, scale: NDArray(scale, shape: [scale.count]), shift: nil)] + point.noWeights
  }

  /// The scale of each channel, `γ/√(σ² + ε)`.
  private func channelScale(_ scale: NDArray, variance: NDArray) -> [Float] {
    zip(scale.scalars, variance.scalars).map { Float(Double($0) / (Double($1) + Double(epsilon)).squareRoot()) }
  }

  public var kind: OperatorKind { .normalization }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .elementwise }

  public func influence(of inputs: [[Int]]) -> [Influence] {
    [.elementwise] + inputs.dropFirst().map { _ in .everything }
  }

  public func isAffine(in input: Int) -> Bool { input == 0 }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}

extension BatchNormalization: LinearOperator {
  /// One weight and one number to add for each channel.
  public func weights(among constants: [NDArray?], of input: Int) -> LinearWeights? {
    let own = constants.dropFirst().compactMap { $0 }
    guard input == 0, own.count == 4 else { return nil }
    let made = own[0].derived("scale and shift \(epsilon)", from: Array(own.dropFirst())) {
      let (scale, shift) = scaleAndShift(own)
      return [scale, shift].map { NDArray($0, shape: [$0.count]).asConstant() }
    }
    return LinearWeights(made[0], bias: made[1])
  }

  public func forward(_ x: NDArray, _ weights: LinearWeights, at input: Int) throws -> NDArray {
    try affine(x, scale: weights.weights, shift: weights.bias)
  }

  public func pullback(
    _ cotangent: NDArray, _ weights: LinearWeights, at input: Int, inputShape: [Int]
  ) throws -> NDArray {
    try affine(cotangent, scale: weights.weights, shift: nil)
  }

  public func channelAxis(ofRank rank: Int) -> Int { 1 }

  public func channelAxis(ofWeights weights: [Int], at input: Int) -> Int? { 0 }
}

extension BatchNormalization: WritableLinearOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    writer.add("BatchNormalization", inputs, ["epsilon": .real(epsilon)], shape: shape)
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    let scale = try channelScale(point.constant(1, of: self), variance: point.constant(4, of: self))
    return [try writer.product(cotangent, perChannel(scale, cotangent, writer))] + point.noWeights
  }

  public func writeWeights(
    _ point: WrittenPoint, of input: Int, to writer: GraphWriter
  ) throws -> WrittenWeights? {
    let own = point.constants.dropFirst().compactMap { $0 }
    guard input == 0, own.count == 4 else { return nil }
    let (scale, shift) = scaleAndShift(own)
    return WrittenWeights(
      writer.constant(scale, [scale.count]), bias: writer.constant(shift, [shift.count]))
  }

  public func write(
    _ x: Written, _ weights: WrittenWeights, at input: Int, shape: WrittenShape, to writer: GraphWriter
  ) throws -> Written {
    let scaled = try writer.product(x, perChannel(weights.weights, x, writer))
    return try weights.bias.map { try writer.sum(scaled, perChannel($0, x, writer)) } ?? scaled
  }

  public func writePullback(
    _ v: Written, _ weights: WrittenWeights, at input: Int, inputShape: WrittenShape, to writer: GraphWriter
  ) throws -> Written {
    try writer.product(v, perChannel(weights.weights, v, writer))
  }

  private func perChannel(_ numbers: [Float], _ x: Written, _ writer: GraphWriter) -> Written {
    writer.constant(numbers, [numbers.count] + x.shape.extents.dropFirst(2).map { _ in 1 })
  }

  private func perChannel(_ numbers: Written, _ x: Written, _ writer: GraphWriter) -> Written {
    writer.reshaped(
      numbers, to: WrittenShape([numbers.shape.count] + x.shape.extents.dropFirst(2).map { _ in 1 }))
  }
}

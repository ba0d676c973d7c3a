public import Kernels

/// Transposed convolution: the pullback of a convolution, as a layer.
///
/// Inputs: `x [N, C, …]`, weights `[C, O/groups, …]`, optionally a bias `[O]`.
public struct TransposedConvolution: Operator {
  /// How the windows lie of the convolution whose pullback this is.
  public let geometry: ConvolutionGeometry
  /// How many positions each axis has beyond the last window.
  public let outputPadding: [Int]

  /// A transposed convolution over as many axes as there are strides.
  public init(_ geometry: ConvolutionGeometry, outputPadding: [Int]) {
    self.geometry = geometry
    self.outputPadding = outputPadding
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    let (x, weights) = (inputs[0], inputs[1])
    let rank = geometry.strides.count
    guard x.count == rank + 2, weights.count == rank + 2, x[1] == weights[0], x[1] % geometry.groups == 0 else {
      throw ShapeError("its weights are \(spelled(weights)), in \(geometry.groups) groups")
    }
    let extents = (0..<rank).map { d -> Int in
      let window = (weights[d + 2] - 1) * geometry.dilations[d] + 1
      let full = (x[d + 2] - 1) * geometry.strides[d] + window + outputPadding[d]
      return full - geometry.paddingBefore[d] - geometry.paddingAfter[d]
    }
    guard extents.allSatisfy({ $0 > 0 }) else { throw ShapeError("its padding leaves nothing of the output") }
    return [x[0], weights[1] * geometry.groups] + extents
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    try transposedConvolution(
      inputs[0], weights: inputs[1], bias: inputs.count > 2 ? inputs[2] : nil, geometry,
      outputShape: outputShape(of: inputs.map(\.shape)))
  }

  public var followsPlanPrecision: Bool { true }

  /// Each number of the input is spread by one filter.
  public func multiplyAdds(of inputs: [[Int]], output: [Int]) -> Int {
    inputs[0].reduce(1, *) * inputs[1].dropFirst().reduce(1, *)
  }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    let pulled = try transposedConvolutionPullback(
      cotangent, weights: point.constant(1, of: self), inputShape: point.inputShapes[0], geometry)
    return [pulled] + point.noWeights
  }

  public var kind: OperatorKind { .linear }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow {
    .window(kernel: Array(inputs[1].dropFirst(2)), mixesChannels: geometry.groups != inputs[0][1])
  }

  public func influence(of inputs: [[Int]]) -> [Influence] { inputs.map { _ in .everything } }

  /// In the weights too, but their cotangent is not taken.
  public func isAffine(in input: Int) -> Bool { input == 0 }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}

extension TransposedConvolution: LinearOperator {
  public func weights(among constants: [NDArray?], of input: Int) -> LinearWeights? {
    input == 0 ? LinearWeights(constants, weights: 1, bias: 2) : nil
  }

  public func forward(_ x: NDArray, _ weights: LinearWeights, at input: Int) throws -> NDArray {
    try forward([x, weights.weights] + (weights.bias.map { [$0] } ?? []))
  }

  public func pullback(
    _ cotangent: NDArray, _ weights: LinearWeights, at input: Int, inputShape: [Int]
  ) throws -> NDArray {
    try transposedConvolutionPullback(cotangent, weights: weights.weights, inputShape: inputShape, geometry)
  }

  public func channelAxis(ofRank rank: Int) -> Int { 1 }

  public func channelAxis(ofWeights weights: [Int], at input: Int) -> Int? { geometry.groups == 1 ? 1 : nil }
}

extension TransposedConvolution: WritableConvolution {
  public func write(
    _ x: Written, _ weights: WrittenWeights, at input: Int, shape: WrittenShape, to writer: GraphWriter
  ) throws -> Written {
    var attributes = geometry.attributes(paddingAfter: geometry.paddingAfter)
    attributes["output_padding"] = .integers(outputPadding)
    return writer.add(
      "ConvTranspose", [x, weights.weights] + (weights.bias.map { [$0] } ?? []), attributes, shape: shape)
  }

  /// A convolution with the same weights.
  public func writePullback(
    _ v: Written, _ weights: WrittenWeights, at input: Int, inputShape: WrittenShape, to writer: GraphWriter
  ) throws -> Written {
    writer.add(
      "Conv", [v, weights.weights], geometry.attributes(paddingAfter: geometry.paddingAfter), shape: inputShape)
  }
}

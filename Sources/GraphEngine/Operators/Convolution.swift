public import Kernels

/// Convolution over one to three spatial dimensions: `y = W ∗ x + b`.
///
/// Inputs: `x [N, C, …]`, weights `[O, C/groups, …]`, optionally a bias `[O]`. Its pullback needs no activation.
public struct Convolution: Operator {
  /// How the windows lie: strides, dilations, padding and groups.
  public let geometry: ConvolutionGeometry

  /// A convolution over as many axes as there are strides.
  public init(_ geometry: ConvolutionGeometry) { self.geometry = geometry }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    let (x, weights) = (inputs[0], inputs[1])
    let rank = geometry.strides.count
    guard x.count == rank + 2, weights.count == rank + 2 else {
      throw ShapeError("it is a convolution over \(rank) dimensions")
    }
    guard x[1] == weights[1] * geometry.groups, weights[0] % geometry.groups == 0 else {
      throw ShapeError("\(x[1]) channels in \(geometry.groups) groups do not fit weights of \(spelled(weights))")
    }
    if inputs.count > 2, inputs[2] != [weights[0]] {
      throw ShapeError("a bias of \(spelled(inputs[2])) does not fit \(weights[0]) output channels")
    }
    let extents = try (0..<rank).map { d in
      let window = (weights[d + 2] - 1) * geometry.dilations[d] + 1
      let padded = x[d + 2] + geometry.paddingBefore[d] + geometry.paddingAfter[d]
      guard padded >= window else { throw ShapeError("the kernel is larger than its padded input") }
      return (padded - window) / geometry.strides[d] + 1
    }
    return [x[0], weights[0]] + extents
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    try convolution(inputs[0], weights: inputs[1], bias: inputs.count > 2 ? inputs[2] : nil, geometry)
  }

  public var followsPlanPrecision: Bool { true }

  /// Each number of the output is a sum over one filter.
  public func multiplyAdds(of inputs: [[Int]], output: [Int]) -> Int {
    output.reduce(1, *) * inputs[1].dropFirst().reduce(1, *)
  }

  public var pullbackNeeds: PullbackNeeds { .nothing }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    let pulled = try convolutionPullback(
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

extension Convolution: LinearOperator {
  public func weights(among constants: [NDArray?], of input: Int) -> LinearWeights? {
    input == 0 ? LinearWeights(constants, weights: 1, bias: 2) : nil
  }

  public func forward(_ x: NDArray, _ weights: LinearWeights, at input: Int) throws -> NDArray {
    try convolution(x, weights: weights.weights, bias: weights.bias, geometry)
  }

  public func pullback(
    _ cotangent: NDArray, _ weights: LinearWeights, at input: Int, inputShape: [Int]
  ) throws -> NDArray {
    try convolutionPullback(cotangent, weights: weights.weights, inputShape: inputShape, geometry)
  }

  public func channelAxis(ofRank rank: Int) -> Int { 1 }

  public func channelAxis(ofWeights weights: [Int], at input: Int) -> Int? { 0 }
}

extension Convolution: WritableConvolution {
  public func write(
    _ x: Written, _ weights: WrittenWeights, at input: Int, shape: WrittenShape, to writer: GraphWriter
  ) throws -> Written {
    writer.add(
      "Conv", [x, weights.weights] + (weights.bias.map { [$0] } ?? []),
      geometry.attributes(paddingAfter: geometry.paddingAfter), shape: shape)
  }

  /// A transposed convolution with the same weights.
  public func writePullback(
    _ v: Written, _ weights: WrittenWeights, at input: Int, inputShape: WrittenShape, to writer: GraphWriter
  ) throws -> Written {
    writer.transposedConvolution(v, weights.weights, geometry, inputShape: inputShape)
  }
}

extension ConvolutionGeometry {
  /// What `Conv` and `ConvTranspose` are told.
  func attributes(paddingAfter: [Int]) -> [String: WrittenAttribute] {
    [
      "strides": .integers(strides), "dilations": .integers(dilations),
      "pads": .integers(paddingBefore + paddingAfter), "group": .integer(groups),
    ]
  }
}

extension GraphWriter {
  /// The pullback of a convolution to an input of a shape.
  func transposedConvolution(
    _ v: Written, _ weights: Written, _ geometry: ConvolutionGeometry, inputShape: WrittenShape
  ) -> Written {
    let missing = geometry.strides.indices.map { d in
      // Positions behind the last window, which no window has seen: rows of zeros.
      let window = (weights.shape[d + 2] - 1) * geometry.dilations[d] + 1
      let reach = (v.shape[d + 2] - 1) * geometry.strides[d] + window - geometry.paddingBefore[d]
      return inputShape[d + 2] - (reach - geometry.paddingAfter[d])
    }
    var attributes = geometry.attributes(paddingAfter: geometry.paddingAfter)
    if missing.contains(where: { $0 != 0 }) { attributes["output_padding"] = .integers(missing) }
    return add("ConvTranspose", [v, weights], attributes, shape: inputShape)
  }
}

public import Kernels

/// The matrix product of the last two dimensions, the others broadcasting: NumPy's `matmul`.
public struct MatrixProduct: Operator {
  /// A product of the last two dimensions.
  public init() {}

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    let (a, b) = (matrix(inputs[0], isLeft: true), matrix(inputs[1], isLeft: false))
    guard !inputs[0].isEmpty, !inputs[1].isEmpty else { throw ShapeError("it multiplies matrices, not scalars") }
    guard a[a.count - 1] == b[b.count - 2] else {
      throw ShapeError("\(a[a.count - 1]) columns meet \(b[b.count - 2]) rows")
    }
    let leading = try broadcast(Array(a.dropLast(2)), Array(b.dropLast(2)))
    return leading + (inputs[0].count == 1 ? [] : [a[a.count - 2]]) + (inputs[1].count == 1 ? [] : [b[b.count - 1]])
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    let product = try matrixProduct(
      inputs[0].reshaped(matrix(inputs[0].shape, isLeft: true)),
      inputs[1].reshaped(matrix(inputs[1].shape, isLeft: false)), transposeA: false, transposeB: false)
    return product.reshaped(try outputShape(of: inputs.map(\.shape)))
  }

  public var followsPlanPrecision: Bool { true }

  /// Each number of the output is the product of a row and a column.
  public func multiplyAdds(of inputs: [[Int]], output: [Int]) -> Int { output.reduce(1, *) * (inputs[0].last ?? 1) }

  public var pullbackNeeds: PullbackNeeds { .inputs }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    let (aShape, bShape) = (matrix(point.inputShapes[0], isLeft: true), matrix(point.inputShapes[1], isLeft: false))
    let leading = try broadcast(Array(aShape.dropLast(2)), Array(bShape.dropLast(2)))
    let g = cotangent.reshaped(leading + [aShape[aShape.count - 2], bShape[bShape.count - 1]])
    var pulled: [NDArray?] = [nil, nil]
    if point.wanted[0] {
      let full = try matrixProduct(g, point.input(1).reshaped(bShape), transposeA: false, transposeB: true)
      pulled[0] = summed(full, to: aShape).reshaped(point.inputShapes[0])
    }
    if point.wanted[1] {
      let full = try matrixProduct(point.input(0).reshaped(aShape), g, transposeA: true, transposeB: false)
      pulled[1] = summed(full, to: bShape).reshaped(point.inputShapes[1])
    }
    return pulled
  }

  /// A vector as a matrix: a row on the left, a column on the right.
  private func matrix(_ shape: [Int], isLeft: Bool) -> [Int] {
    shape.count == 1 ? (isLeft ? [1] + shape : shape + [1]) : shape
  }

  public var kind: OperatorKind { .matrixProduct }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow {
    .multiplies(transposesFirst: false, transposesSecond: false)
  }

  public func influence(of inputs: [[Int]]) -> [Influence] {
    inputs.allSatisfy { $0.count >= 2 } ? [.rows, .columns] : [.everything, .everything]
  }

  public func isAffine(in input: Int) -> Bool { true }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}

extension MatrixProduct: LinearOperator {
  public func weights(among constants: [NDArray?], of input: Int) -> LinearWeights? {
    LinearWeights(constants, weights: 1 - input)
  }

  public func forward(_ x: NDArray, _ weights: LinearWeights, at input: Int) throws -> NDArray {
    let product = try forward(input == 0 ? [x, weights.weights] : [weights.weights, x])
    return try weights.bias.map { try combine(.add, product, $0) } ?? product
  }

  public func pullback(
    _ cotangent: NDArray, _ weights: LinearWeights, at input: Int, inputShape: [Int]
  ) throws -> NDArray {
    let shapes = input == 0 ? [inputShape, weights.weights.shape] : [weights.weights.shape, inputShape]
    let point = LinearizationPoint(
      inputs: input == 0 ? [nil, weights.weights] : [weights.weights, nil], output: nil, inputShapes: shapes,
      outputShape: cotangent.shape, wanted: [input == 0, input == 1])
    guard let pulled = try pullback(cotangent, at: point)[input] else {
      preconditionFailure("the pullback of what is wanted is there")
    }
    return pulled
  }

  public func channelAxis(ofRank rank: Int) -> Int { rank - 1 }

  public func channelAxis(ofWeights weights: [Int], at input: Int) -> Int? {
    input == 0 && weights.count == 2 ? 1 : nil
  }
}

extension MatrixProduct: WritableLinearOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    writer.add("MatMul", inputs, shape: shape)
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    try [0, 1].map { input in
      guard point.wanted[input] else { return nil }
      return try pulled(
        cotangent, other: point.input(1 - input), to: input, shape: point.inputShapes[input], writer)
    }
  }

  /// `G Bᵀ` or `Aᵀ G`, summed over what was broadcast.
  private func pulled(
    _ cotangent: Written, other: Written, to input: Int, shape: WrittenShape, _ writer: GraphWriter
  ) throws -> Written {
    guard shape.rank >= 2, other.shape.rank >= 2 else { throw ShapeError("it multiplies vectors") }
    let turned = writer.matrixTransposed(other)
    let full =
      input == 0 ? try writer.matrixProduct(cotangent, turned) : try writer.matrixProduct(turned, cotangent)
    return try writer.summed(full, to: shape)
  }

  public func writeWeights(
    _ point: WrittenPoint, of input: Int, to writer: GraphWriter
  ) throws -> WrittenWeights? {
    point.constants[1 - input] == nil ? nil : WrittenWeights(try point.input(1 - input))
  }

  public func write(
    _ x: Written, _ weights: WrittenWeights, at input: Int, shape: WrittenShape, to writer: GraphWriter
  ) throws -> Written {
    let product = writer.add(
      "MatMul", input == 0 ? [x, weights.weights] : [weights.weights, x], shape: shape)
    return try weights.bias.map { try writer.sum(product, $0) } ?? product
  }

  public func writePullback(
    _ v: Written, _ weights: WrittenWeights, at input: Int, inputShape: WrittenShape, to writer: GraphWriter
  ) throws -> Written {
    try pulled(v, other: weights.weights, to: input, shape: inputShape, writer)
  }
}

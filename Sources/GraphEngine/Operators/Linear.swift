public import Kernels

/// A fully connected layer, `y = α·A·B + β·c`, with `A` or `B` transposed on request.
///
/// Inputs: `A [M, K]`, `B [K, N]`, optionally `c`, which broadcasts to `[M, N]`.
public struct Linear: Operator {
  /// `α`, the factor of the product.
  public let alpha: Float
  /// `β`, the factor of the bias.
  public let beta: Float
  /// Whether the first input is `[K, M]`.
  public let transposesInput: Bool
  /// Whether the second input is `[N, K]`, as PyTorch stores it.
  public let transposesWeights: Bool

  /// A product of matrices, each as it is or transposed.
  public init(alpha: Float = 1, beta: Float = 1, transposesInput: Bool = false, transposesWeights: Bool = false) {
    self.alpha = alpha
    self.beta = beta
    self.transposesInput = transposesInput
    self.transposesWeights = transposesWeights
  }

  public func outputShape(of inputs: [[Int]]) throws -> [Int] {
    guard inputs[0].count == 2, inputs[1].count == 2 else { throw ShapeError("it multiplies matrices") }
    let (rows, inner) = transposesInput ? (inputs[0][1], inputs[0][0]) : (inputs[0][0], inputs[0][1])
    let (depth, columns) = transposesWeights ? (inputs[1][1], inputs[1][0]) : (inputs[1][0], inputs[1][1])
    guard inner == depth else { throw ShapeError("\(inner) columns meet \(depth) rows") }
    if inputs.count > 2, try broadcast(inputs[2], [rows, columns]) != [rows, columns] {
      throw ShapeError("a bias of \(spelled(inputs[2])) does not fit \(rows) × \(columns)")
    }
    return [rows, columns]
  }

  public func forward(_ inputs: [NDArray]) throws -> NDArray {
    let isPlainLayer = alpha == 1 && beta == 1 && !transposesInput && inputs[1].isConstant
    if isPlainLayer, inputs.count < 3 || inputs[2].shape == [columns(inputs[1].shape)] {
      return try linear(
        inputs[0], weights: inputs[1], transposesWeights: transposesWeights, bias: inputs.count > 2 ? inputs[2] : nil)
    }
    let product = try scaled(
      matrixProduct(inputs[0], inputs[1], transposeA: transposesInput, transposeB: transposesWeights), by: alpha)
    return inputs.count > 2 ? try combine(.add, product, scaled(inputs[2], by: beta)) : product
  }

  public var followsPlanPrecision: Bool { true }

  /// Each number of the output is the product of a row and a column.
  public func multiplyAdds(of inputs: [[Int]], output: [Int]) -> Int {
    output.reduce(1, *) * inputs[1][transposesWeights ? 1 : 0]
  }

  public var pullbackNeeds: PullbackNeeds { .inputs }

  public func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    let g = try scaled(cotangent, by: alpha)
    var pulled: [NDArray?] = point.wanted.map { _ in nil }
    if point.wanted[0] {
      let b = point.input(1)
      pulled[0] =
        !transposesInput && b.isConstant
        ? try linearPullback(g, weights: b, transposesWeights: transposesWeights)
        : transposesInput
          ? try matrixProduct(b, g, transposeA: transposesWeights, transposeB: true)
          : try matrixProduct(g, b, transposeA: false, transposeB: !transposesWeights)
    }
    if point.wanted[1] {
      let a = point.input(0)
      pulled[1] =
        transposesWeights
        ? try matrixProduct(g, a, transposeA: true, transposeB: transposesInput)
        : try matrixProduct(a, g, transposeA: !transposesInput, transposeB: false)
    }
    if point.wanted.count > 2, point.wanted[2] {
      pulled[2] = try summed(scaled(cotangent, by: beta), to: point.inputShapes[2])
    }
    return pulled
  }

  private func columns(_ weights: [Int]) -> Int { transposesWeights ? weights[0] : weights[1] }

  private func scaled(_ x: NDArray, by factor: Float) throws -> NDArray {
    factor == 1 ? x : try combine(.multiply, x, .scalar(factor))
  }

  public var kind: OperatorKind { .matrixProduct }

  public func placeFlow(of inputs: [[Int]]) -> PlaceFlow {
    .multiplies(transposesFirst: transposesInput, transposesSecond: transposesWeights)
  }

  public func influence(of inputs: [[Int]]) -> [Influence] {
    [transposesInput ? .everything : .rows] + inputs.dropFirst().map { _ in .everything }
  }

  public func isAffine(in input: Int) -> Bool { true }

  public func keepsSilentChannels(of shape: [Int]) -> Bool { false }
}

extension Linear: LinearOperator {
  /// `αB` and `βc`, or `αA` where that is the constant.
  public func weights(among constants: [NDArray?], of input: Int) -> LinearWeights? {
    guard input < 2, let own = LinearWeights(constants, weights: 1 - input, bias: 2) else { return nil }
    return LinearWeights(own.weights.times(alpha), bias: own.bias?.times(beta))
  }

  public func forward(_ x: NDArray, _ weights: LinearWeights, at input: Int) throws -> NDArray {
    let factors = input == 0 ? [x, weights.weights] : [weights.weights, x]
    return try unscaled.forward(factors + (weights.bias.map { [$0] } ?? []))
  }

  public func pullback(
    _ cotangent: NDArray, _ weights: LinearWeights, at input: Int, inputShape: [Int]
  ) throws -> NDArray {
    let shapes = input == 0 ? [inputShape, weights.weights.shape] : [weights.weights.shape, inputShape]
    let point = LinearizationPoint(
      inputs: input == 0 ? [nil, weights.weights] : [weights.weights, nil], output: nil, inputShapes: shapes,
      outputShape: cotangent.shape, wanted: [input == 0, input == 1])
    guard let pulled = try unscaled.pullback(cotangent, at: point)[input] else {
      preconditionFailure("the pullback of what is wanted is there")
    }
    return pulled
  }

  public func channelAxis(ofRank rank: Int) -> Int { rank - 1 }

  public func channelAxis(ofWeights weights: [Int], at input: Int) -> Int? {
    input == 0 ? (transposesWeights ? 0 : 1) : nil
  }

  /// The same without factors.
  private var unscaled: Linear { Linear(transposesInput: transposesInput, transposesWeights: transposesWeights) }
}

extension NDArray {
  /// A constant times a number, made once.
  fileprivate func times(_ factor: Float) -> NDArray {
    if factor == 1 { return self }
    return derived("times \(factor)", from: []) { [NDArray(scalars.map { factor * $0 }, shape: shape).asConstant()] }[0]
  }
}

extension Linear: WritableLinearOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    writer.add(
      "Gemm", inputs,
      [
        "alpha": .real(alpha), "beta": .real(beta), "transA": .integer(transposesInput ? 1 : 0),
        "transB": .integer(transposesWeights ? 1 : 0),
      ], shape: shape)
  }

  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    var pulled: [Written?] = point.wanted.map { _ in nil }
    func product(_ a: Written, _ b: Written, transposesA: Bool, transposesB: Bool, shape: WrittenShape) -> Written {
      writer.add(
        "Gemm", [a, b],
        [
          "alpha": .real(alpha), "transA": .integer(transposesA ? 1 : 0), "transB": .integer(transposesB ? 1 : 0),
        ], shape: shape)
    }
    if point.wanted[0] {
      let b = try point.input(1), shape = point.inputShapes[0]
      pulled[0] =
        transposesInput
        ? product(b, cotangent, transposesA: transposesWeights, transposesB: true, shape: shape)
        : product(cotangent, b, transposesA: false, transposesB: !transposesWeights, shape: shape)
    }
    if point.wanted[1] {
      let a = try point.input(0), shape = point.inputShapes[1]
      pulled[1] =
        transposesWeights
        ? product(cotangent, a, transposesA: true, transposesB: transposesInput, shape: shape)
        : product(a, cotangent, transposesA: !transposesInput, transposesB: false, shape: shape)
    }
    if point.wanted.count > 2, point.wanted[2] {
      pulled[2] = try writer.summed(writer.scaled(cotangent, by: beta), to: point.inputShapes[2])
    }
    return pulled
  }

  public func writeWeights(
    _ point: WrittenPoint, of input: Int, to writer: GraphWriter
  ) throws -> WrittenWeights? {
    guard input < 2, point.constants[1 - input] != nil else { return nil }
    let weights = try writer.scaled(point.input(1 - input), by: alpha)
    guard point.constants.count > 2 else { return WrittenWeights(weights) }
    guard point.constants[2] != nil else { return nil }
    return WrittenWeights(weights, bias: try writer.scaled(point.input(2), by: beta))
  }

  public func write(
    _ x: Written, _ weights: WrittenWeights, at input: Int, shape: WrittenShape, to writer: GraphWriter
  ) throws -> Written {
    let factors = input == 0 ? [x, weights.weights] : [weights.weights, x]
    return try unscaled.write(factors + (weights.bias.map { [$0] } ?? []), shape: shape, to: writer)
  }

  public func writePullback(
    _ v: Written, _ weights: WrittenWeights, at input: Int, inputShape: WrittenShape, to writer: GraphWriter
  ) throws -> Written {
    let factor = weights.weights
    let (a, b, transposesA, transposesB) =
      input == 0
      ? transposesInput ? (factor, v, transposesWeights, true) : (v, factor, false, !transposesWeights)
      : transposesWeights ? (v, factor, true, transposesInput) : (factor, v, !transposesInput, false)
    return writer.add(
      "Gemm", [a, b], ["transA": .integer(transposesA ? 1 : 0), "transB": .integer(transposesB ? 1 : 0)],
      shape: inputShape)
  }
}

public import Kernels

/// Local response normalisation across channels: `y = x / (b + α/n · Σ x²)^β` over `n` neighbouring channels.
public struct LocalResponseNormalization: Operator {
  /// Over how many channels, with which numbers.
  public let response: LocalResponse

  /// A normalisation across `size` neighbouring channels, with `α`, `β` and `b`.
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

extension LocalResponseNormalization: WritableOperator {
  public func write(_ inputs: [Written], shape: WrittenShape, to writer: GraphWriter) throws -> Written {
    writer.add(
      "LRN", inputs,
      [
        "size": .integer(response.size), "alpha": .real(response.alpha), "beta": .real(response.beta),
        "bias": .real(response.bias),
      ], shape: shape)
  }

  /// `g D^−β − 2αβ/n · x ⊙ Σ g x D^(−β−1)` with `D = b + α/n Σ x²`.
  public func writePullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> [Written?] {
    let x = try point.input(0), share = response.alpha / Float(response.size)
    let squares = try windowSum(writer.product(x, x), isTurned: false, writer)
    let divisor = try writer.shifted(writer.scaled(squares, by: share), by: response.bias)
    let power = try writer.binary("Pow", divisor, writer.scalar(-response.beta))
    let direct = try writer.product(cotangent, power)
    let across = try windowSum(
      writer.quotient(writer.product(direct, x), divisor), isTurned: true, writer)
    let rest = try writer.scaled(writer.product(x, across), by: 2 * share * response.beta)
    return [try writer.difference(direct, rest)]
  }

  /// The sum over neighbouring channels: a convolution with ones over the channels as rows.
  private func windowSum(_ x: Written, isTurned: Bool, _ writer: GraphWriter) throws -> Written {
    let area = x.shape.extents.dropFirst(2).reduce(1, *), size = response.size
    let rows = WrittenShape([x.shape[0], 1, x.shape[1], area], imageAxis: x.shape.imageAxis)
    let (before, after) = ((size - 1) / 2, size - 1 - (size - 1) / 2)
    let sum = writer.add(
      "Conv", [writer.reshaped(x, to: rows), writer.constant(Array(repeating: 1, count: size), [1, 1, size, 1])],
      ["pads": .integers(isTurned ? [after, 0, before, 0] : [before, 0, after, 0])], shape: rows)
    return writer.reshaped(sum, to: x.shape)
  }
}

extension LocalResponseNormalization: WritableNormalization {
  public func writeLinearPullback(
    _ cotangent: Written, at point: WrittenPoint, to writer: GraphWriter
  ) throws -> Written {
    try writer.quotientOrZero(writer.product(cotangent, point.output()), point.input(0))
  }
}

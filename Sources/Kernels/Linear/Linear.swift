import COneDNN

/// A fully connected layer: each row of `x` times the weights, plus the bias.
///
/// - Parameters:
///   - x: `[M, K]`.
///   - weights: `[K, N]`, or `[N, K]` where transposed.
///   - transposesWeights: whether the weights are `[N, K]`.
///   - bias: `[N]`.
/// - Returns: `[M, N]`, plain; where `x` is of bfloat16, so are the weights multiplied, but not the sums.
/// - Throws: Where the shapes do not fit together.
public func linear(_ x: NDArray, weights: NDArray, transposesWeights: Bool = false, bias: NDArray?) throws -> NDArray {
  try require(
    x.shape.count == 2 && weights.shape.count == 2 && !(x.shape + weights.shape).contains(0),
    "A linear layer takes matrices, not \(x.shape) and \(weights.shape).")
  let (inputs, outputs) =
    transposesWeights ? (weights.shape[1], weights.shape[0]) : (weights.shape[0], weights.shape[1])
  try require(
    x.shape[1] == inputs, "Weights for \(inputs) inputs cannot take rows of \(x.shape[1]).")
  if let bias {
    try require(bias.count == outputs, "A bias of shape \(bias.shape) cannot be added to \(outputs) outputs.")
  }
  let precision = x.layout.precision
  if precision == .float32, x.shape[0] <= rowProductLimit {
    return rowProducts(x, weights: weights, transposesWeights: transposesWeights, bias: bias, outputs: outputs)
  }
  let key = PrimitiveKey(
    kind: .inner, numbers: x.shape + weights.shape + [transposesWeights ? 1 : 0, bias == nil ? 0 : 1],
    precision: precision)
  let result = NDArray(layout: .plain([x.shape[0], outputs]))
  let primitive = try Primitive.cached(key) {
    let source = try Descriptor.plain(x.shape, precision)
    // The weights stay as they lie: reading them is most of the work, and a second copy would double their memory.
    let kernel = try Descriptor.strided(
      [outputs, inputs], strides: transposesWeights ? [inputs, 1] : [1, outputs], precision)
    let offset = try bias.map { try Descriptor.plain([$0.count]) }
    let destination = try Descriptor.plain(result.shape)
    return try Primitive("linear layer of \(x.shape) by \(weights.shape)") {
      limn_inner_product(source.pointer, kernel.pointer, offset?.pointer, destination.pointer, $0)
    }
  }
  if precision != .float32, primitive.isReference {
    return try linear(
      x.converted(to: .float32), weights: weights, transposesWeights: transposesWeights, bias: bias)
  }
  var operands = [
    (LIMN_SOURCE, x.rowMajor(precision).storage), (LIMN_WEIGHTS, weights.rowMajor(precision).storage),
    (LIMN_DESTINATION, result.storage),
  ]
  if let bias { operands.append((LIMN_BIAS, bias.plain().storage)) }
  try primitive.run(operands)
  return result
}

/// The gradient of a fully connected layer with respect to its input: `[M, K]`.
///
/// - Parameters:
///   - cotangent: `[M, N]`.
///   - weights: `[K, N]`, or `[N, K]` where transposed.
///   - transposesWeights: whether the weights are `[N, K]`.
/// - Returns: `[M, K]`, plain.
/// - Throws: Where the shapes do not fit together.
public func linearPullback(_ cotangent: NDArray, weights: NDArray, transposesWeights: Bool = false) throws -> NDArray {
  try linear(cotangent, weights: weights, transposesWeights: !transposesWeights, bias: nil)
}

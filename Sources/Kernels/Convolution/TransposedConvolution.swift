/// The transpose of a convolution, which many networks upsample with.
///
/// It is the data gradient of the convolution whose weights these are, so no other kernel is needed.
/// - Parameters:
///   - x: `[N, I, …]`.
///   - weights: `[I, O / groups, …]`, as in ONNX.
///   - bias: `[O]`.
///   - g: the geometry of the transposed convolution.
///   - outputShape: `[N, O, …]`, which resolves the rows that a stride leaves open.
/// - Returns: `[N, O, …]` in the layout that oneDNN prefers.
/// - Throws: Where the shapes do not fit together.
public func transposedConvolution(
  _ x: NDArray, weights: NDArray, bias: NDArray?, _ g: ConvolutionGeometry, outputShape: [Int]
) throws -> NDArray {
  let y = try convolutionPullback(x, weights: weights, inputShape: outputShape, g)
  guard let bias else { return y }
  try require(
    bias.count == outputShape[1],
    "A bias of shape \(bias.shape) cannot be added to \(outputShape[1]) output channels.")
  return try affine(y, scale: NDArray(repeating: 1, shape: [bias.count]), shift: bias)
}

/// The gradient of a transposed convolution with respect to its input.
///
/// - Parameters:
///   - cotangent: `[N, O, …]`.
///   - weights: `[I, O / groups, …]`.
///   - inputShape: `[N, I, …]`.
///   - g: the forward geometry.
/// - Returns: `[N, I, …]` in the layout that oneDNN prefers.
/// - Throws: Where the shapes do not fit together.
public func transposedConvolutionPullback(
  _ cotangent: NDArray, weights: NDArray, inputShape: [Int], _ g: ConvolutionGeometry
) throws -> NDArray {
  let gradient = try convolution(cotangent, weights: weights, bias: nil, g)
  try require(
    gradient.shape == inputShape,
    "A cotangent of shape \(cotangent.shape) does not lead back to an input of shape \(inputShape).")
  return gradient
}

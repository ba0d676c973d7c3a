import COneDNN

/// Slides weights over an input, as networks understand convolution (without flipping).
///
/// - Parameters:
///   - x: `[N, I, …]` with one to three spatial axes.
///   - weights: `[O, I / groups, …]`.
///   - bias: `[O]`.
///   - g: strides, dilations, padding and groups.
///   - activation: applied to the sum of everything else.
///   - addend: added to the result, of its shape: a residual connection.
/// - Returns: `[N, O, …]` in the layout that oneDNN prefers, in the precision of `x`: the weights follow it.
/// - Throws: Where the shapes do not fit together.
public func convolution(
  _ x: NDArray, weights: NDArray, bias: NDArray?, _ g: ConvolutionGeometry, activation: FusedActivation? = nil,
  adding addend: NDArray? = nil
) throws -> NDArray {
  let output = try g.outputShape(input: x.shape, weights: weights.shape)
  if let bias {
    try require(
      bias.count == output[1], "A bias of shape \(bias.shape) cannot be added to \(output[1]) output channels.")
  }
  if let addend {
    try require(
      addend.shape == output, "An array of shape \(addend.shape) cannot be added to a convolution's \(output).")
  }
  // In bfloat16, the transform's sums would be rounded, or all that surrounds it converted.
  if x.layout.precision == .float32, let range = FusedActivation.range(of: activation),
    let winograd = Winograd(g, input: x.shape, output: output, kernel: weights.shape.dropFirst(2))
  {
    return try winograd(x, weights: weights, bias: bias, adding: addend, clippingTo: range)
  }
  var plan = ConvolutionPlan(geometry: g, input: x.shape, output: output, weights: weights.shape)
  plan.precision = x.layout.precision
  plan.hasBias = bias != nil
  if addend == nil { plan.activation = activation }
  var primitive = try plan.primitive()
  if plan.precision != .float32, primitive.isReference {
    return try convolution(
      x.converted(to: .float32), weights: weights, bias: bias, g, activation: activation, adding: addend)
  }
  let layout = try primitive.layout(LIMN_DESTINATION, shape: output)
  let result = NDArray(layout: layout)
  var operands: [(limn_argument, Storage)] = [(LIMN_DESTINATION, result.storage)]
  if let addend {
    let summand = addend.reordered(to: layout)
    plan.activation = activation
    plan.addend = layout
    // Some implementations cannot read a second array, but all can add to the result's own memory.
    plan.accumulates = plan.suitsWinograd
    primitive = try plan.primitive()
    if !plan.accumulates, primitive.isReference {
      plan.accumulates = true
      primitive = try plan.primitive()
    }
    if plan.accumulates {
      UnsafeMutableRawPointer(result.storage.pointer)
        .copyMemory(from: summand.storage.pointer, byteCount: layout.byteCount)
    } else {
      operands.append((LIMN_ADDEND, summand.storage))
    }
  }
  let source = x.reordered(to: try primitive.layout(LIMN_SOURCE, shape: x.shape))
  let kernel = try weights.grouped(for: plan, by: primitive)
  operands += [(LIMN_SOURCE, source.storage), (LIMN_WEIGHTS, kernel.storage)]
  if let bias { operands.append((LIMN_BIAS, bias.plain().storage)) }
  try primitive.run(operands)
  return result
}

/// The gradient of a convolution with respect to its input.
///
/// - Parameters:
///   - cotangent: `[N, O, …]`.
///   - weights: `[O, I / groups, …]`.
///   - inputShape: `[N, I, …]`.
///   - g: the forward convolution's geometry.
/// - Returns: `[N, I, …]` in the layout that oneDNN prefers; in the precision of the cotangent, or float32 where the
///   input can only be an image, of at most 4 channels.
/// - Throws: Where the shapes do not fit together.
public func convolutionPullback(
  _ cotangent: NDArray, weights: NDArray, inputShape: [Int], _ g: ConvolutionGeometry
) throws -> NDArray {
  let output = try g.outputShape(input: inputShape, weights: weights.shape)
  try require(
    cotangent.shape == output,
    "A convolution of \(inputShape) has a result of shape \(output), not a cotangent of \(cotangent.shape).")
  if let gradient = try stemGradient(cotangent, weights: weights, inputShape: inputShape, g) { return gradient }
  if cotangent.layout.precision == .float32,
    let winograd = Winograd(
      g, input: output, output: inputShape, kernel: weights.shape.dropFirst(2), isGradient: true)
  {
    return try winograd(cotangent, weights: weights)
  }
  var plan = ConvolutionPlan(geometry: g, input: inputShape, output: output, weights: weights.shape)
  plan.isBackward = true
  plan.precision = cotangent.layout.precision
  let primitive = try plan.primitive()
  if plan.precision != .float32, primitive.isReference {
    return try convolutionPullback(cotangent.converted(to: .float32), weights: weights, inputShape: inputShape, g)
  }
  let result = NDArray(layout: try primitive.layout(LIMN_SOURCE_GRADIENT, shape: inputShape))
  let gradient = cotangent.reordered(to: try primitive.layout(LIMN_DESTINATION_GRADIENT, shape: output))
  let kernel = try weights.grouped(for: plan, by: primitive)
  try primitive.run([
    (LIMN_DESTINATION_GRADIENT, gradient.storage), (LIMN_WEIGHTS, kernel.storage),
    (LIMN_SOURCE_GRADIENT, result.storage),
  ])
  return result
}

extension NDArray {
  fileprivate func grouped(for plan: ConvolutionPlan, by primitive: Primitive) throws -> NDArray {
    let shape = plan.groupedWeights
    return reshaped(shape).reordered(to: try primitive.layout(LIMN_WEIGHTS, shape: shape))
  }
}

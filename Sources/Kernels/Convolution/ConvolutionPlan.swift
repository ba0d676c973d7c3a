import COneDNN

/// One convolution as oneDNN sees it, forward or backward: what its primitive is made from.
struct ConvolutionPlan {
  let geometry: ConvolutionGeometry
  /// `[N, I, …]`: of the input, or of its gradient.
  let input: [Int]
  /// `[N, O, …]`.
  let output: [Int]
  /// `[O, I / groups, …]`.
  let weights: [Int]
  /// Of all arrays but the bias, and the image's gradient.
  var precision = Precision.float32
  var hasBias = false
  var activation: FusedActivation?
  /// The layout of a summand, which the result takes over.
  var addend: Layout?
  var isBackward = false
  /// Whether the summand is already in the memory of the result.
  var accumulates = false

  /// `[groups, O / groups, I / groups, …]`: groups are an axis of their own for oneDNN.
  var groupedWeights: [Int] {
    geometry.groups == 1 ? weights : [geometry.groups, weights[0] / geometry.groups] + weights.dropFirst()
  }

  func primitive() throws -> Primitive {
    let g = geometry
    let key = PrimitiveKey(
      kind: isBackward ? .convolutionBackward : .convolution, layouts: addend.map { [$0] } ?? [],
      numbers: input + output + weights + g.strides + g.dilations + g.paddingBefore + g.paddingAfter
        + [g.groups, hasBias ? 1 : 0, accumulates ? 1 : 0], function: activation, precision: precision)
    return try Primitive.cached(key) {
      if suitsWinograd, addend == nil || accumulates, let winograd = try? make(winograd: true) { return winograd }
      // An image's gradient is not rounded once more, where oneDNN lets it be of float32.
      if isBackward, isImage, precision != .float32, let wide = try? make(gradient: .float32), !wide.isReference {
        return wide
      }
      return try make()
    }
  }

  private func make(winograd: Bool = false, gradient: Precision? = nil) throws -> Primitive {
    let found = gradient ?? precision
    let source = try suitsPlainGradient ? Descriptor.plain(input, found) : .any(input, found)
    let weights = try Descriptor.any(groupedWeights, precision)
    let bias = hasBias ? try Descriptor.plain([output[1]]) : nil
    let destination =
      try addend?.descriptor() ?? (suitsPlainGradient ? .plain(output, precision) : .any(output, precision))
    let fused = activation?.parameters ?? (function: LIMN_NO_FUNCTION, alpha: 0, beta: 0)
    var specification = limn_convolution_specification(
      source: source.pointer, weights: weights.pointer, bias: bias?.pointer, destination: destination.pointer,
      strides: triple(geometry.strides), dilations: triple(geometry.dilations),
      padding_before: triple(geometry.paddingBefore), padding_after: triple(geometry.paddingAfter),
      backward: isBackward, winograd: winograd, addend: accumulates ? nil : try addend?.descriptor().pointer,
      accumulates: accumulates, activation: fused.function, alpha: fused.alpha, beta: fused.beta)
    return try Primitive("convolution of \(input) with weights \(self.weights)") {
      limn_convolution(&specification, $0)
    }
  }

  /// Whether Winograd's algorithm, which trades multiplications for additions, is worth asking for.
  var suitsWinograd: Bool {
    guard precision == .float32, weights.count == 4, weights[2] == 3, weights[3] == 3, geometry.groups == 1,
      geometry.strides == [1, 1], geometry.dilations == [1, 1]
    else { return false }
    // Its weights take four times the memory, which only many positions repay.
    let positions = output[0] * output[2] * output[3]
    return weights[0] >= 32 && weights[1] >= 32 && positions >= 28 * 28
  }

  /// Whether the input has so few channels that it can only be an image.
  private var isImage: Bool { input[1] <= 4 }

  /// Whether the gradient is better found by a matrix product on plain arrays: blocks would be mostly padding, which
  /// small kernels bear.
  private var suitsPlainGradient: Bool {
    isBackward && geometry.groups == 1 && isImage && weights.dropFirst(2).reduce(1, *) > 9
  }
}

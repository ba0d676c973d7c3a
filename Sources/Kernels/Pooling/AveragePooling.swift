import COneDNN

/// The mean of each window, over its real positions or, where the geometry counts padding, over padded ones too.
///
/// Positions beyond the padding, where the last window overhangs it, never count.
/// - Parameters:
///   - x: `[N, C, …]`.
///   - g: the windows.
///   - outputShape: `[N, C, …]`.
/// - Returns: `[N, C, …]` in a layout of the input's kind.
/// - Throws: Where the shapes do not fit together.
public func averagePooling(_ x: NDArray, _ g: PoolingGeometry, outputShape: [Int]) throws -> NDArray {
  try g.validate(input: x.shape, output: outputShape)
  let primitive = try PoolingPlan(kind: g.averageKind, geometry: g, source: x.layout, output: outputShape).forward()
  let result = NDArray(layout: try primitive.layout(LIMN_DESTINATION, shape: outputShape))
  try primitive.run([(LIMN_SOURCE, x.storage), (LIMN_DESTINATION, result.storage)])
  guard let correction = g.divisorCorrection(input: x.shape, output: outputShape) else { return result }
  return try combine(.multiply, result.plain(), correction)
}

/// The gradient of average pooling: each cotangent is shared out over its window.
///
/// - Parameters:
///   - cotangent: `[N, C, …]`, of the output's shape.
///   - g: the windows.
///   - inputShape: `[N, C, …]`.
/// - Returns: `[N, C, …]` in a layout of the cotangent's kind.
/// - Throws: Where the shapes do not fit together.
public func averagePoolingPullback(_ cotangent: NDArray, _ g: PoolingGeometry, inputShape: [Int]) throws -> NDArray {
  try averagePoolingPullback(cotangent, g, source: .plain(inputShape), takesLayoutOfCotangent: true)
}

func averagePoolingPullback(
  _ cotangent: NDArray, _ g: PoolingGeometry, source: Layout, takesLayoutOfCotangent: Bool
) throws -> NDArray {
  try g.validate(input: source.shape, output: cotangent.shape)
  var cotangent = cotangent
  if let correction = g.divisorCorrection(input: source.shape, output: cotangent.shape) {
    cotangent = try combine(.multiply, cotangent.plain(), correction)
  }
  var source = source
  if takesLayoutOfCotangent, !cotangent.layout.isPlain, let like = cotangent.layout.sibling(source.shape) {
    source = like
  }
  let primitive = try PoolingPlan(kind: g.averageKind, geometry: g, source: source, output: cotangent.shape).backward()
  let gradient = cotangent.reordered(to: try primitive.layout(LIMN_DESTINATION_GRADIENT, shape: cotangent.shape))
  let result = NDArray(layout: source)
  try primitive.run([(LIMN_DESTINATION_GRADIENT, gradient.storage), (LIMN_SOURCE_GRADIENT, result.storage)])
  return result
}

extension PoolingGeometry {
  fileprivate var averageKind: limn_pooling_kind {
    countsPadding ? LIMN_AVERAGE_POOLING_WITH_PADDING : LIMN_AVERAGE_POOLING
  }

  /// oneDNN divides by the whole kernel where padding counts: the factor, `[1, 1, …]`, that takes the positions beyond the
  /// padding out again, or `nil` where no window has any.
  fileprivate func divisorCorrection(input: [Int], output: [Int]) -> NDArray? {
    guard countsPadding, overhangs(input: input, output: output) else { return nil }
    var factors: [Float] = [1]
    for axis in kernel.indices {
      let end = input[axis + 2] + paddingAfter[axis]
      let along = (0..<output[axis + 2]).map { position -> Float in
        let start = position * strides[axis] - paddingBefore[axis]
        let counted = (0..<kernel[axis]).count { start + $0 * dilations[axis] < end }
        return Float(kernel[axis]) / Float(counted)
      }
      factors = factors.flatMap { outer in along.map { outer * $0 } }
    }
    return NDArray(factors, shape: [1, 1] + output.dropFirst(2))
  }
}

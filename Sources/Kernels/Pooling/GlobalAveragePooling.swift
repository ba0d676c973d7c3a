/// The mean of each channel: `[N, C, 1, 1]`.
///
/// - Parameter x: `[N, C, …]` with one to three spatial axes.
/// - Returns: `[N, C, 1, …]` in a layout of the input's kind.
/// - Throws: Where the input has no spatial axes.
public func globalAveragePooling(_ x: NDArray) throws -> NDArray {
  let g = PoolingGeometry(whole: x.shape)
  return try averagePooling(x, g, outputShape: x.shape.prefix(2) + g.kernel.map { _ in 1 })
}

/// The gradient of global average pooling: the cotangent of each channel, shared out over its positions.
///
/// - Parameters:
///   - cotangent: `[N, C, 1, 1]`.
///   - inputShape: `[N, C, …]`.
///   - layout: how the result should lie, usually as the input did; plain unless given.
/// - Returns: `[N, C, …]`.
/// - Throws: Where the shapes do not fit together.
public func globalAveragePoolingPullback(_ cotangent: NDArray, inputShape: [Int], like layout: Layout? = nil) throws
  -> NDArray
{
  try require(
    layout == nil || layout?.shape == inputShape,
    "The layout of \(layout?.shape ?? []) cannot hold a gradient of shape \(inputShape).")
  return try averagePoolingPullback(
    cotangent, PoolingGeometry(whole: inputShape), source: layout ?? .plain(inputShape),
    takesLayoutOfCotangent: layout == nil)
}

extension PoolingGeometry {
  fileprivate init(whole input: [Int]) {
    let kernel = Array(input.dropFirst(2))
    let (ones, zeros) = (kernel.map { _ in 1 }, kernel.map { _ in 0 })
    self.init(kernel: kernel, strides: ones, dilations: ones, paddingBefore: zeros, paddingAfter: zeros)
  }
}

import Kernels

extension PoolingGeometry {
  /// The pooled shape of `input`, `[N, C, …]`.
  ///
  /// In ceil mode a last window may overhang the padding, but must begin inside the input or the padding before it,
  /// as in PyTorch and onnxruntime.
  func outputShape(of input: [Int], ceilMode: Bool) throws -> [Int] {
    guard input.count == kernel.count + 2 else { throw ShapeError("it pools over \(kernel.count) dimensions") }
    let extents = try kernel.indices.map { d in
      let window = (kernel[d] - 1) * dilations[d] + 1
      let span = input[d + 2] + paddingBefore[d] + paddingAfter[d] - window
      guard span >= 0 || (ceilMode && span + strides[d] > 0) else {
        throw ShapeError("the window is larger than its padded input")
      }
      guard ceilMode else { return span / strides[d] + 1 }
      let extent = (span + strides[d] - 1) / strides[d] + 1
      return (extent - 1) * strides[d] >= input[d + 2] + paddingBefore[d] ? extent - 1 : extent
    }
    return Array(input.prefix(2)) + extents
  }
}

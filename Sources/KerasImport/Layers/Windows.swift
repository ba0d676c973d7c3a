import GraphEngine
import Kernels

/// Where the windows of a convolution or pooling lie.
struct Windows {
  let strides: [Int]
  let dilations: [Int]
  var before: [Int]
  var after: [Int]

  /// Reads `strides`, `padding` and `dilation_rate`, where the layer has them.
  ///
  /// - Parameters:
  ///   - call: the layer.
  ///   - extents: the spatial extents of its input.
  ///   - kernel: those of its window.
  ///   - fallback: what null strides mean.
  /// - Throws: ``KerasError`` where they make no sense.
  init(_ call: LayerCall, over extents: [Int], kernel: [Int], strides fallback: [Int]? = nil) throws(KerasError) {
    let rank = kernel.count
    guard extents.count == rank else {
      throw call.malformed("it slides over \(rank) axes of an input that has \(extents.count)")
    }
    let strides = try call.layer.integers("strides", count: rank, default: fallback)
    let dilations = try call.layer.integers("dilation_rate", count: rank, default: kernel.map { _ in 1 })
    self.init(
      strides: strides, dilations: dilations, before: kernel.map { _ in 0 }, after: kernel.map { _ in 0 })
    switch call.layer.config["padding"].text {
    case "valid", nil: break
    case "same":
      // The odd position of the margin is behind.
      for axis in 0..<rank {
        let reach = (kernel[axis] - 1) * dilations[axis] + 1
        let total = samePadding(of: extents[axis], reach: reach, stride: strides[axis])
        (before[axis], after[axis]) = (total / 2, total - total / 2)
      }
    case "causal" where rank == 1: before[0] = (kernel[0] - 1) * dilations[0]
    case let other?: throw call.unsupported("its padding is '\(other)'")
    }
  }

  private init(strides: [Int], dilations: [Int], before: [Int], after: [Int]) {
    (self.strides, self.dilations, self.before, self.after) = (strides, dilations, before, after)
  }
}

extension LayerCall {
  /// The number of axes that a layer of windows slides over, which its class is named after: `Conv2D`.
  var spatialRank: Int { layer.className.firstMatch(of: /([123])D/).flatMap { Int($0.output.1) } ?? 2 }

  /// The one input as `[N, C, …]`, with the number of spatial axes that the layer wants.
  func image(_ graph: inout Lowering) throws(KerasError) -> Value {
    let input = try input()
    guard input.rank == spatialRank + 2 else { throw malformed("it is applied to \(spelled(input.shape))") }
    return try layer.isChannelsFirst() ? graph.unmoved(input, for: self) : graph.moved(input, for: self)
  }
}

import GraphEngine
import Kernels

/// The means of `side × side` windows that share out the input evenly, so that any size of image fits the layers behind.
///
/// Window `i` of an extent `n` spans `⌊i·n/side⌋ ..< ⌈(i+1)·n/side⌉`, as PyTorch's `AdaptiveAvgPool2d` has it.
public struct AdaptiveAveragePool: Block {
  public let name: String?
  public let side: Int

  public init(_ name: String? = nil, side: Int) {
    self.name = name
    self.side = side
  }

  public func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    try network.require((1...1 << 12).contains(side), "needs a side of at least 1")
    try network.require(input.shape.count == 4, "pools maps, and its input is \(spelled(input.shape))")
    let (height, width) = (input.shape[2], input.shape[3])
    if height == side, width == side { return try network.add(Identity(), [input]) }
    if height % side == 0, width % side == 0 {
      let windows = [height / side, width / side]
      let geometry = PoolingGeometry(
        kernel: windows, strides: windows, dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0])
      return try network.add(GraphEngine.AveragePool(geometry, ceilMode: false), [input])
    }
    // Windows of unequal extents overlap or repeat: a mean along each axis in turn, y = R·x·Cᵀ.
    let columns = try network.constant(
      NDArray(means(of: width, isTransposed: true), shape: [width, side]), as: "columns")
    let rows = try network.constant(NDArray(means(of: height, isTransposed: false), shape: [side, height]), as: "rows")
    let narrowed = try network.add(MatrixProduct(), [input, columns], as: "narrowed")
    return try network.add(MatrixProduct(), [rows, narrowed])
  }

  /// The matrix `[side, extent]` that takes the means along an axis, or its transpose.
  private func means(of extent: Int, isTransposed: Bool) -> [Float] {
    var matrix = [Float](repeating: 0, count: side * extent)
    for window in 0..<side {
      let (start, end) = (window * extent / side, ((window + 1) * extent + side - 1) / side)
      for place in start..<end {
        matrix[isTransposed ? place * side + window : window * extent + place] = 1 / Float(end - start)
      }
    }
    return matrix
  }
}

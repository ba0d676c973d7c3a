import GraphEngine
import Kernels

/// The maximum of each square window.
public struct MaxPool: Block {
  public let name: String?
  let window: PoolingWindow

  /// With `ceil`, a last window may reach beyond the input.
  public init(_ name: String? = nil, kernel: Int, stride: Int, padding: Int = 0, ceil: Bool = false) {
    self.name = name
    window = PoolingWindow(kernel: kernel, stride: stride, padding: padding, ceil: ceil)
  }

  public func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    try window.validate(for: input, in: network)
    return try network.add(GraphEngine.MaxPool(window.geometry, ceilMode: window.ceil), [input])
  }
}

/// The mean of each square window, padding included.
public struct AveragePool: Block {
  public let name: String?
  let window: PoolingWindow

  /// With `ceil`, a last window may reach beyond the input.
  public init(_ name: String? = nil, kernel: Int, stride: Int, padding: Int = 0, ceil: Bool = false) {
    self.name = name
    window = PoolingWindow(kernel: kernel, stride: stride, padding: padding, ceil: ceil)
  }

  public func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    try window.validate(for: input, in: network)
    return try network.add(GraphEngine.AveragePool(window.geometry, ceilMode: window.ceil), [input])
  }
}

/// The mean of each channel; every spatial extent becomes 1.
public struct GlobalAveragePool: Block {
  public let name: String?

  public init(_ name: String? = nil) { self.name = name }

  public func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    try network.require(input.shape.count == 4, "pools maps, and its input is \(spelled(input.shape))")
    return try network.add(GraphEngine.GlobalAveragePool(), [input])
  }
}

/// A square window and how it moves.
struct PoolingWindow {
  let kernel: Int
  let stride: Int
  let padding: Int
  let ceil: Bool

  var geometry: PoolingGeometry {
    PoolingGeometry(
      kernel: [kernel, kernel], strides: [stride, stride], dilations: [1, 1], paddingBefore: [padding, padding],
      paddingAfter: [padding, padding], countsPadding: true)
  }

  func validate(for input: NetworkBuilder.Value, in network: NetworkBuilder) throws {
    try network.require(
      (1...1 << 20).contains(kernel) && (1...1 << 20).contains(stride) && (0...kernel / 2).contains(padding),
      "needs a positive window and stride, and a padding of at most half the window")
    try network.require(input.shape.count == 4, "pools maps, and its input is \(spelled(input.shape))")
  }
}

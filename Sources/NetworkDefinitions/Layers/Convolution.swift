import GraphEngine
import Kernels

/// A convolution with square kernels: `y = W ∗ x + b`.
///
/// Parameters: `weight [channels, input channels / groups, kernel, kernel]`, `bias [channels]`.
public struct Convolution: Block {
  public let name: String?
  public let channels: Int
  public let kernel: Int
  public let stride: Int
  public let padding: Int
  public let dilation: Int
  public let groups: Int
  public let hasBias: Bool
  /// Whether zeros are added as TensorFlow does, as many as it takes for a window to begin at every stride.
  public let isSame: Bool

  /// A convolution with so many output channels; the input's own are known when the network is put together.
  ///
  /// As many groups as there are channels make it depthwise.
  public init(
    _ name: String? = nil, channels: Int, kernel: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1,
    groups: Int = 1, bias: Bool = true, same: Bool = false
  ) {
    self.name = name
    self.channels = channels
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
    hasBias = bias
    isSame = same
  }

  public func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    try network.require(
      [channels, kernel, stride, dilation, groups].allSatisfy { (1...1 << 20).contains($0) }
        && (0...1 << 20).contains(padding), "needs positive extents, and a padding that is not negative")
    try network.require(input.shape.count == 4, "convolves maps, and its input is \(spelled(input.shape))")
    try network.require(
      input.shape[1] % groups == 0 && channels % groups == 0,
      "cannot split \(input.shape[1]) input and \(channels) output channels into \(groups) groups")
    let shape = [channels, input.shape[1] / groups, kernel, kernel]
    var inputs = [input, try network.parameter("weight", shape: shape)]
    if hasBias { inputs.append(try network.parameter("bias", shape: [channels])) }
    var geometry = ConvolutionGeometry(stride: stride, dilation: dilation, padding: padding, groups: groups)
    if isSame {
      let margins = input.shape.dropFirst(2).map {
        samePadding(of: $0, reach: (kernel - 1) * dilation + 1, stride: stride)
      }
      geometry.paddingBefore = margins.map { $0 / 2 }
      geometry.paddingAfter = margins.map { $0 - $0 / 2 }
    }
    return try network.add(GraphEngine.Convolution(geometry), inputs)
  }
}

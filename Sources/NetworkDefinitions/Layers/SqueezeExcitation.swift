import GraphEngine
import Kernels

/// Squeeze and excitation: each channel times what a small network makes of the means of all of them,
/// `x · g(W₂·a(W₁·mean(x) + b₁) + b₂)` (Hu et al., 2017, arXiv:1709.01507).
struct SqueezeExcitation: Block {
  let name: String?
  /// The names of the two convolutions of 1 × 1.
  var layers = ("fc1", "fc2")
  /// How many numbers the channels are squeezed to.
  let width: Int
  var activation = UnaryFunction.relu
  var gate = UnaryFunction.sigmoid

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let pooled = try network.add(GraphEngine.GlobalAveragePool(), [input], as: "mean")
    let squeezed = try network.apply(Convolution(layers.0, channels: width, kernel: 1), to: pooled)
    let active = try network.add(ElementwiseFunction(activation), [squeezed], as: "act")
    let expanded = try network.apply(Convolution(layers.1, channels: input.shape[1], kernel: 1), to: active)
    let gates = try network.add(ElementwiseFunction(gate), [expanded], as: "gate")
    return try network.add(Arithmetic(.multiply), [input, gates], as: "mul")
  }
}

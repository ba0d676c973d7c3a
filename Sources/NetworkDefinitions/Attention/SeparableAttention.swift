import GraphEngine
import Kernels

/// Attention at a cost that grows with the number of tokens only: the keys' mean by one softmax for all, which every token's
/// value is multiplied by, `W·(relu(v) · Σ softmax(q)·k)` (Mehta & Rastegari, 2022, arXiv:2206.02680, section 3.1).
///
/// Tokens are `[N, C, P, T]`; those of each of the `P` rows attend to one another. Parts: `qkv_proj`, with one query, and
/// `out_proj`, convolutions of 1 × 1.
struct SeparableAttention: Block {
  let name: String?

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let depth = input.shape[1]
    let joint = try network.apply(Convolution("qkv_proj", channels: 1 + 2 * depth, kernel: 1), to: input)
    func part(_ range: Range<Int>, _ name: String) throws -> NetworkBuilder.Value {
      var (starts, ends) = ([0, 0, 0, 0], joint.shape)
      (starts[1], ends[1]) = (range.lowerBound, range.upperBound)
      return try network.add(Slice(starts: starts, ends: ends, steps: [1, 1, 1, 1]), [joint], as: name)
    }
    let query = try part(0..<1, "query"), key = try part(1..<depth + 1, "key")
    let value = try part(depth + 1..<2 * depth + 1, "value")
    let weights = try network.add(Softmax(axis: 3), [query], as: "softmax")
    let weighted = try network.add(Arithmetic(.multiply), [key, weights], as: "weighted")
    let context = try network.add(Reduction(.sum, axes: [3], keepsDimensions: true), [weighted], as: "context")
    let active = try network.add(ElementwiseFunction(.relu), [value], as: "value.act")
    let attended = try network.add(Arithmetic(.multiply), [active, context], as: "attended")
    return try network.apply(Convolution("out_proj", channels: depth, kernel: 1), to: attended)
  }
}

/// Normalisation over all of an image, with a scale and a shift for each channel: group normalisation of one group (Wu & He,
/// 2018, arXiv:1803.08494).
///
/// Parameters: `weight`, `bias`, `[channels]`.
struct ImageNormalization: Block {
  let name: String?
  let epsilon: Float

  func output(of input: NetworkBuilder.Value, in network: inout NetworkBuilder) throws -> NetworkBuilder.Value {
    let shape = input.shape, count = shape.dropFirst().reduce(1, *), channels = [shape[1]]
    let flat = try network.add(Reshape(to: [shape[0], count]), [input], as: "flat")
    let one = try network.constant(NDArray(repeating: 1, shape: [count]), as: "one")
    let normalized = try network.add(
      GraphEngine.LayerNormalization(axis: 1, epsilon: epsilon), [flat, one], as: "normalized")
    let whole = try network.add(Reshape(to: shape), [normalized], as: "whole")
    return try network.add(
      GraphEngine.BatchNormalization(epsilon: 0),
      [
        whole, network.parameter("weight", shape: channels), network.parameter("bias", shape: channels),
        network.constant(NDArray(repeating: 0, shape: channels), as: "mean"),
        network.constant(NDArray(repeating: 1, shape: channels), as: "variance"),
      ])
  }
}

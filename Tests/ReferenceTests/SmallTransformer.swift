import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors

/// The vision transformer of `Tests/Tools/transformer_methods.py`, with the same weights: three blocks of two heads, eight
/// features, patches of 4 × 4 on images of 8 × 12.
struct SmallTransformer {
  let model: GraphModel
  let image: Tensor

  /// The network, its answer read off the class token or off the mean of the patches.
  init(averagesPatches: Bool) throws {
    var numbers = Numbers(), constants: [String: NDArray] = [:], nodes: [Node] = []
    func add(_ op: any Operator, _ inputs: [String], _ name: String) -> String {
      nodes.append(Node(op, inputs, to: name))
      return name
    }
    func weights(_ name: String, _ shape: [Int], scale: Float = 1, offset: Float = 0) {
      constants[name] = NDArray(numbers.next(shape, scale: scale, offset: offset).scalars, shape: shape).asConstant()
    }
    func normalized(_ x: String, _ name: String) -> String {
      let scaled = add(LayerNormalization(axis: 2, epsilon: 1e-5), [x, name + ".scale"], name + ".scaled")
      return add(Arithmetic(.add), [scaled, name + ".shift"], name)
    }
    func linear(_ x: String, _ name: String) -> String {
      add(Arithmetic(.add), [add(MatrixProduct(), [x, name + ".weight"], name + ".product"), name + ".bias"], name)
    }
    weights("patch", [8, 3, 4, 4], scale: 0.25)
    weights("class", [1, 1, 8])
    weights("positions", [1, 7, 8], scale: 0.5)
    let geometry = ConvolutionGeometry(
      strides: [4, 4], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0], groups: 1)
    let flat = add(Reshape(to: [1, 8, 6]), [add(Convolution(geometry), ["image", "patch"], "embedded")], "flat")
    let patches = add(Transpose(permutation: [0, 2, 1]), [flat], "patches")
    var x = add(Arithmetic(.add), [add(Concatenation(axis: 1), ["class", patches], "joined"), "positions"], "tokens")
    for b in ["a.", "b.", "c."] {
      for (name, shape) in [("qkv", [8, 24]), ("proj", [8, 8])] {
        weights(b + name + ".weight", shape, scale: 0.5)
        weights(b + name + ".bias", [shape[1]], scale: 0.25)
      }
      for name in ["norm1", "norm2"] {
        weights(b + name + ".scale", [8], scale: 0.25, offset: 1)
        weights(b + name + ".shift", [8], scale: 0.25)
      }
      for (name, shape) in [("fc1", [8, 16]), ("fc2", [16, 8])] {
        weights(b + name + ".weight", shape, scale: 0.5)
        weights(b + name + ".bias", [shape[1]], scale: 0.25)
      }
      let qkv = add(Reshape(to: [1, 7, 3, 2, 4]), [linear(normalized(x, b + "norm1"), b + "qkv")], b + "split")
      let turned = add(Transpose(permutation: [2, 0, 3, 1, 4]), [qkv], b + "turned")
      let part = { (index: Int, name: String) in
        add(Gather(indices: [index], indicesShape: [], axis: 0), [turned], b + name)
      }
      let (q, k, v) = (part(0, "q"), part(1, "k"), part(2, "v"))
      let scores = add(
        MatrixProduct(), [q, add(Transpose(permutation: [0, 1, 3, 2]), [k], b + "kT")], b + "products")
      let softmax = add(
        Softmax(axis: 3), [add(ElementwiseFunction(.linear(0.5, 0)), [scores], b + "scaled")], b + "weights")
      let heads = add(
        Transpose(permutation: [0, 2, 1, 3]), [add(MatrixProduct(), [softmax, v], b + "weighed")], b + "turn")
      let projected = linear(add(Reshape(to: [1, 7, 8]), [heads], b + "heads"), b + "proj")
      let middle = add(Arithmetic(.add), [x, projected], b + "middle")
      let hidden = linear(normalized(middle, b + "norm2"), b + "fc1")
      x = add(
        Arithmetic(.add), [middle, linear(add(ElementwiseFunction(.gelu), [hidden], b + "gelu"), b + "fc2")], b + "out")
    }
    weights("norm.scale", [8], scale: 0.25, offset: 1)
    weights("norm.shift", [8], scale: 0.25)
    weights("head.weight", [8, 4])
    weights("head.bias", [4], scale: 0.25)
    image = numbers.next([3, 8, 12])
    let read: String
    if averagesPatches {
      let kept = add(
        Slice(starts: [0, 1, 0], ends: [1, 7, 8], steps: [1, 1, 1]), [normalized(x, "norm")], "kept")
      read = add(Reduction(.mean, axes: [1], keepsDimensions: false), [kept], "read")
    } else {
      read = add(Gather(indices: [0], indicesShape: [], axis: 1), [normalized(x, "norm")], "read")
    }
    let logits = linear(read, "head")
    model = try GraphModel(
      Graph(
        inputs: [.init("image", shape: [1, 3, 8, 12])], nodes: nodes, constants: constants, outputs: [logits]))
  }

  /// Numbers in -1..<1, the same in every language: the upper bits of a linear congruential generator.
  struct Numbers {
    private var state: UInt32 = 1

    mutating func next(_ shape: [Int], scale: Float = 1, offset: Float = 0) -> Tensor {
      let scalars = (0..<shape.reduce(1, *)).map { _ -> Float in
        state = state &* 1_664_525 &+ 1_013_904_223
        return (Float(state >> 8) * 0x1p-23 - 1) * scale + offset
      }
      return Tensor(scalars, shape: shape)
    }
  }
}

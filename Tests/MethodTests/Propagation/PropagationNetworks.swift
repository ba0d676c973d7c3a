import GraphAdapter
import GraphEngine
import Kernels

extension PropagationReference.Network {
  /// The networks of `propagation_references.py`, of these parameters.
  ///
  ///     conv → norm → ReLU6 → maximum → depthwise → norm → ReLU → 1 × 1 → norm → sum(maximum) → ReLU → average
  ///       → concatenation(1 × 1 → ReLU) → mean → linear → ReLU → linear
  func convolutionalModel() throws -> GraphModel {
    var shapes = [
      "conv1.weight": [6, 3, 3, 3], "conv2.weight": [6, 1, 3, 3], "conv3.weight": [6, 6, 1, 1],
      "conv4.weight": [8, 6, 1, 1], "hidden.weight": [10, 14], "hidden.bias": [10], "logits.weight": [4, 10],
      "logits.bias": [4],
    ]
    for index in 1...3 {
      shapes["conv\(index).bias"] = [6]
      for part in ["weight", "bias", "running_mean", "running_var"] { shapes["norm\(index).\(part)"] = [6] }
    }
    func convolution(_ index: Int, of value: String, padding: Int = 0, groups: Int = 1) -> [Node] {
      let geometry = ConvolutionGeometry(
        strides: [1, 1], dilations: [1, 1], paddingBefore: [padding, padding], paddingAfter: [padding, padding],
        groups: groups)
      let name = "conv\(index)", norm = "norm\(index)"
      return [
        Node(Convolution(geometry), [value, name + ".weight", name + ".bias"], to: name),
        Node(
          BatchNormalization(epsilon: 1e-12),
          [name] + ["weight", "bias", "running_mean", "running_var"].map { "\(norm).\($0)" }, to: norm),
      ]
    }
    func relu(_ value: String, to name: String) -> Node { Node(ElementwiseFunction(.relu), [value], to: name) }
    let halves = PoolingGeometry(
      kernel: [2, 2], strides: [2, 2], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0])
    let pointwise = ConvolutionGeometry(
      strides: [1, 1], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0], groups: 1)
    var nodes = convolution(1, of: "image", padding: 1)
    nodes += [
      Node(ElementwiseFunction(.clip(0, 6)), ["norm1"], to: "relu1"),
      Node(MaxPool(halves, ceilMode: false), ["relu1"], to: "pool"),
    ]
    nodes += convolution(2, of: "pool", padding: 1, groups: 6) + [relu("norm2", to: "relu2")]
    nodes += convolution(3, of: "relu2")
    nodes += [
      Node(Arithmetic(.add), ["pool", "norm3"], to: "sum"), relu("sum", to: "relu3"),
      Node(AveragePool(halves, ceilMode: false), ["relu3"], to: "average"),
      Node(Convolution(pointwise), ["average", "conv4.weight"], to: "conv4"), relu("conv4", to: "relu4"),
      Node(Concatenation(axis: 1), ["relu4", "average"], to: "joined"),
      Node(GlobalAveragePool(), ["joined"], to: "mean"), Node(Reshape(to: [1, 14]), ["mean"], to: "flat"),
      Node(Linear(transposesWeights: true), ["flat", "hidden.weight", "hidden.bias"], to: "hidden"),
      relu("hidden", to: "relu5"),
      Node(Linear(transposesWeights: true), ["relu5", "logits.weight", "logits.bias"], to: "logits"),
    ]
    return try GraphModel(
      Graph(
        inputs: [.init("image", shape: [1, 3, 12, 12])], nodes: nodes, constants: parameters(shapes),
        outputs: ["logits"]))
  }

  /// Patches of 4 × 4, a class token, positions, two blocks of two heads, and a linear head on the class token.
  func transformerModel() throws -> GraphModel {
    var shapes = [
      "patches.weight": [8, 3, 4, 4], "patches.bias": [8], "token": [1, 1, 8], "positions": [1, 10, 8],
      "norm.weight": [8], "norm.bias": [8], "head.weight": [4, 8], "head.bias": [4],
    ]
    for block in ["blocks.0.", "blocks.1."] {
      for name in ["norm1", "norm2"] { (shapes[block + name + ".weight"], shapes[block + name + ".bias"]) = ([8], [8]) }
      for (name, size) in [
        ("query", [8, 8]), ("key", [8, 8]), ("value", [8, 8]), ("out", [8, 8]), ("up", [16, 8]), ("down", [8, 16]),
      ] {
        (shapes[block + name + ".weight"], shapes[block + name + ".bias"]) = (size, [size[0]])
      }
    }
    var constants = parameters(shapes)
    constants["half"] = NDArray([0.5], shape: []).asConstant()
    let geometry = ConvolutionGeometry(
      strides: [4, 4], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0], groups: 1)
    var nodes = [
      Node(Convolution(geometry), ["image", "patches.weight", "patches.bias"], to: "embedded"),
      Node(Reshape(to: [1, 8, 9]), ["embedded"], to: "rows"),
      Node(Transpose(permutation: [0, 2, 1]), ["rows"], to: "patches"),
      Node(Concatenation(axis: 1), ["token", "patches"], to: "joined"),
      Node(Arithmetic(.add), ["joined", "positions"], to: "x0"),
    ]
    for index in 0...1 { nodes += block("blocks.\(index).", of: "x\(index)", to: "x\(index + 1)", &constants) }
    nodes += [
      Node(LayerNormalization(axis: 2, epsilon: 1e-5), ["x2", "norm.weight", "norm.bias"], to: "normed"),
      Node(Gather(indices: [0], indicesShape: [], axis: 1), ["normed"], to: "read"),
      Node(Linear(transposesWeights: true), ["read", "head.weight", "head.bias"], to: "logits"),
    ]
    return try GraphModel(
      Graph(
        inputs: [.init("image", shape: [1, 3, 12, 12])], nodes: nodes, constants: constants, outputs: ["logits"]))
  }

  private func block(_ name: String, of x: String, to y: String, _ constants: inout [String: NDArray]) -> [Node] {
    func norm(_ part: String, of value: String) -> Node {
      Node(
        LayerNormalization(axis: 2, epsilon: 1e-5), [value, name + part + ".weight", name + part + ".bias"],
        to: name + part)
    }
    func linear(_ part: String, of value: String) -> [Node] {
      // As exporters write it: the product with the transposed weights, then the bias.
      let weights = constants[name + part + ".weight"]!, (rows, columns) = (weights.shape[0], weights.shape[1])
      let scalars = weights.scalars
      constants[name + part + ".T"] = NDArray(
        (0..<rows * columns).map { scalars[$0 % rows * columns + $0 / rows] }, shape: [columns, rows]
      ).asConstant()
      return [
        Node(MatrixProduct(), [value, name + part + ".T"], to: name + part + ".product"),
        Node(Arithmetic(.add), [name + part + ".product", name + part + ".bias"], to: name + part),
      ]
    }
    func heads(_ part: String, _ permutation: [Int]) -> [Node] {
      [
        Node(Reshape(to: [1, 10, 2, 4]), [name + part], to: name + part + ".split"),
        Node(Transpose(permutation: permutation), [name + part + ".split"], to: name + part + ".heads"),
      ]
    }
    var nodes = [norm("norm1", of: x)]
    for part in ["query", "key", "value"] {
      nodes += linear(part, of: name + "norm1") + heads(part, part == "key" ? [0, 2, 3, 1] : [0, 2, 1, 3])
    }
    nodes += [
      Node(MatrixProduct(), [name + "query.heads", name + "key.heads"], to: name + "scores"),
      Node(Arithmetic(.multiply), [name + "scores", "half"], to: name + "scaled"),
      Node(Softmax(axis: 3), [name + "scaled"], to: name + "attention"),
      Node(MatrixProduct(), [name + "attention", name + "value.heads"], to: name + "looked"),
      Node(Transpose(permutation: [0, 2, 1, 3]), [name + "looked"], to: name + "moved"),
      Node(Reshape(to: [1, 10, 8]), [name + "moved"], to: name + "gathered"),
    ]
    nodes += linear("out", of: name + "gathered")
    nodes += [Node(Arithmetic(.add), [x, name + "out"], to: name + "sum"), norm("norm2", of: name + "sum")]
    nodes += linear("up", of: name + "norm2") + [Node(ElementwiseFunction(.gelu), [name + "up"], to: name + "gelu")]
    return nodes + linear("down", of: name + "gelu")
      + [Node(Arithmetic(.add), [name + "sum", name + "down"], to: y)]
  }
}

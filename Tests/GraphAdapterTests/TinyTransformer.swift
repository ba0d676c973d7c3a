import GraphEngine
import Kernels

/// Numbers in -1..<1 with few repeats.
func numbers(_ shape: [Int]) -> NDArray {
  NDArray((0..<shape.reduce(1, *)).map { (Float($0) * 0.618034).truncatingRemainder(dividingBy: 2) - 1 }, shape: shape)
}

/// A vision transformer of one block, four features wide, on images of 8 × 12 pixels in patches of 4 × 4.
struct TinyTransformer {
  enum Embedding { case convolution, unfoldedPatches }
  enum Head { case classToken, meanOfPatches }

  var embedding = Embedding.convolution
  var head = Head.classToken
  var appendsClassToken = false
  /// How the tokens behind the block are rounded to whole numbers and back.
  var rounding = Rounding.none

  enum Rounding: CaseIterable { case none, fixed, dynamic }

  var graph: Graph {
    var constants: [String: NDArray] = [
      "class": numbers([1, 1, 4]), "positions": numbers([1, 7, 4]), "ones": NDArray(repeating: 1, shape: [4]),
      "head": numbers([4, 3]), "step": NDArray([0.05], shape: []), "zero": NDArray([3], shape: []),
      "patch": numbers([4, 3, 4, 4]),
      "embed": numbers([48, 4]),
    ]
    for name in ["q", "k", "v", "o"] { constants["W" + name] = numbers([4, 4]) }
    constants["Wk"] = NDArray(numbers([16]).scalars.reversed(), shape: [4, 4])
    let block: [Node] = [
      Node(Concatenation(axis: 1), appendsClassToken ? ["patches", "class"] : ["class", "patches"], to: "joined"),
      Node(Arithmetic(.add), ["joined", "positions"], to: "tokens"),
      Node(LayerNormalization(axis: 2, epsilon: 1e-5), ["tokens", "ones"], to: "norm1"),
      Node(MatrixProduct(), ["norm1", "Wq"], to: "q"), Node(MatrixProduct(), ["norm1", "Wk"], to: "k"),
      Node(MatrixProduct(), ["norm1", "Wv"], to: "v"), Node(Transpose(permutation: [0, 2, 1]), ["k"], to: "kT"),
      Node(MatrixProduct(), ["q", "kT"], to: "scores"), Node(Softmax(axis: 2), ["scores"], to: "attention"),
      Node(MatrixProduct(), ["attention", "v"], to: "gathered"), Node(MatrixProduct(), ["gathered", "Wo"], to: "out"),
      Node(Arithmetic(.add), ["tokens", "out"], to: "sum"),
    ]
    let (rounding, source) = rounded("sum")
    let norm = [Node(LayerNormalization(axis: 2, epsilon: 1e-5), [source, "ones"], to: "norm2")]
    return Graph(
      inputs: [.init("image", shape: [1, 3, 8, 12])], nodes: patches + block + rounding + norm + reading,
      constants: constants.mapValues { $0.asConstant() }, outputs: ["logits"])
  }

  /// The steps that round a value, and what they call the result.
  private func rounded(_ name: String) -> ([Node], String) {
    let scale = rounding == .dynamic ? "range" : "step", zero = rounding == .dynamic ? "middle" : "zero"
    let back = [
      Node(Arithmetic(.subtract), ["whole", zero], to: "centred"),
      Node(Arithmetic(.multiply), ["centred", scale], to: "back"),
    ]
    switch rounding {
    case .none: return ([], name)
    case .fixed: return ([Node(Quantization(low: -128, high: 127), [name, scale, zero], to: "whole")] + back, "back")
    case .dynamic:
      let measured = [
        Node(DynamicQuantization(.numbers), [name], to: "whole"),
        Node(DynamicQuantization(.scale), [name], to: scale),
        Node(DynamicQuantization(.zeroPoint), [name], to: zero),
      ]
      return (measured + back, "back")
    }
  }

  private var patches: [Node] {
    switch embedding {
    case .convolution:
      let geometry = ConvolutionGeometry(
        strides: [4, 4], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0], groups: 1)
      return [
        Node(Convolution(geometry), ["image", "patch"], to: "embedded"),
        Node(Reshape(to: [1, 4, 6]), ["embedded"], to: "flat"),
        Node(Transpose(permutation: [0, 2, 1]), ["flat"], to: "patches"),
      ]
    case .unfoldedPatches:
      return [
        Node(Reshape(to: [1, 3, 2, 4, 3, 4]), ["image"], to: "split"),
        Node(Transpose(permutation: [0, 2, 4, 3, 5, 1]), ["split"], to: "moved"),
        Node(Reshape(to: [1, 6, 48]), ["moved"], to: "unfolded"),
        Node(MatrixProduct(), ["unfolded", "embed"], to: "patches"),
      ]
    }
  }

  private var reading: [Node] {
    let first = appendsClassToken ? 0 : 1
    let read: [Node] =
      switch head {
      case .classToken:
        [Node(Gather(indices: [appendsClassToken ? 6 : 0], indicesShape: [], axis: 1), ["norm2"], to: "read")]
      case .meanOfPatches:
        [
          Node(Slice(starts: [0, first, 0], ends: [1, first + 6, 4], steps: [1, 1, 1]), ["norm2"], to: "dropped"),
          Node(Reduction(.mean, axes: [1], keepsDimensions: false), ["dropped"], to: "read"),
        ]
      }
    return read + [Node(Linear(), ["read", "head"], to: "logits")]
  }
}

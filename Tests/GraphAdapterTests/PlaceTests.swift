import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import Testing

/// Networks that only move the image about, each undone by the layout of its layer: the maps are the image again.
@Suite struct PlaceTests {
  private let image = numbers([2, 4, 6]).tensor

  /// The network of these nodes and a linear head on the value `end`, of 48 scalars.
  private func model(_ nodes: [Node], end: String, image shape: [Int] = [1, 2, 4, 6]) throws -> GraphModel {
    let count = shape.reduce(1, *)
    return try GraphModel(
      Graph(
        inputs: [.init("image", shape: shape)],
        nodes: nodes + [
          Node(Reshape(to: [1, count]), [end], to: "flat"), Node(Linear(), ["flat", "head"], to: "logits"),
        ], constants: ["head": numbers([count, 2]).asConstant()], outputs: ["logits"]))
  }

  private func maps(_ nodes: [Node], at name: String) throws -> Tensor {
    let model = try model(nodes, end: name)
    let session = try ExplanationSession(of: model, on: image, for: .logit(0))
    return try session.activation(at: #require(model.layers.first { $0.name == name && $0.isSpatial }))
  }

  @Test func `channels last`() throws {
    #expect(try maps([Node(Transpose(permutation: [0, 2, 3, 1]), ["image"], to: "x")], at: "x") == image)
  }

  @Test func `rows and columns exchanged`() throws {
    #expect(try maps([Node(Transpose(permutation: [0, 1, 3, 2]), ["image"], to: "x")], at: "x") == image)
  }

  /// As in the Swin transformer: a cyclic shift, windows of 2 × 3, heads of one feature.
  @Test func `rolled windows`() throws {
    let nodes = [
      Node(Transpose(permutation: [0, 2, 3, 1]), ["image"], to: "last"),
      Node(Slice(starts: [0, 1, 0, 0], ends: [1, 4, 6, 2], steps: [1, 1, 1, 1]), ["last"], to: "below"),
      Node(Slice(starts: [0, 0, 0, 0], ends: [1, 1, 6, 2], steps: [1, 1, 1, 1]), ["last"], to: "above"),
      Node(Concatenation(axis: 1), ["below", "above"], to: "rolled"),
      Node(Reshape(to: [1, 2, 2, 2, 3, 2]), ["rolled"], to: "cut"),
      Node(Transpose(permutation: [0, 1, 3, 2, 4, 5]), ["cut"], to: "gathered"),
      Node(Reshape(to: [4, 6, 2, 1]), ["gathered"], to: "windows"),
      Node(Transpose(permutation: [0, 2, 1, 3]), ["windows"], to: "heads"),
    ]
    for name in ["last", "rolled", "cut", "gathered", "windows"] {
      let end = try #require(nodes.firstIndex { $0.output == name })
      #expect(try maps(Array(nodes[...end]), at: name) == image, "\(name)")
    }
    #expect(try maps(nodes, at: "heads") == image)
  }

  @Test func `padding is dropped, and mirrored copies are no places of their own`() throws {
    for mode in [PaddingMode.constant(0), .reflect] {
      let nodes = [Node(Pad(before: [0, 0, 1, 2], after: [0, 0, 1, 0], mode: mode), ["image"], to: "padded")]
      let padded = try model(
        nodes + [Node(Slice(starts: [0, 0, 1, 2], ends: [1, 2, 5, 8], steps: [1, 1, 1, 1]), ["padded"], to: "x")],
        end: "x")
      let layer = try #require(padded.layers.first { $0.name == "padded" })
      #expect(layer.shape == [2, 4, 6] && layer.nativeShape == [2, 6, 8])
      let session = try ExplanationSession(of: padded, on: image, for: .logit(0))
      #expect(try session.activation(at: layer) == image)
    }
  }

  /// Four neighbours side by side in the features, mixed by a matrix that picks the first of them.
  @Test func `merged patches lie on the coarser grid`() throws {
    func neighbours(_ row: Int, _ column: Int) -> Node {
      Node(
        Slice(starts: [0, row, column, 0], ends: [1, 4, 6, 2], steps: [1, 2, 2, 1]), ["last"], to: "x\(row)\(column)")
    }
    var picking = [Float](repeating: 0, count: 8 * 8)
    (picking[0], picking[9]) = (1, 1)
    let graph = Graph(
      inputs: [.init("image", shape: [1, 2, 4, 6])],
      nodes: [
        Node(Transpose(permutation: [0, 2, 3, 1]), ["image"], to: "last"), neighbours(0, 0), neighbours(1, 0),
        neighbours(0, 1), neighbours(1, 1),
        Node(Concatenation(axis: 3), ["x00", "x10", "x01", "x11"], to: "joined"),
        Node(Reshape(to: [1, 6, 8]), ["joined"], to: "tokens"),
        Node(MatrixProduct(), ["tokens", "picking"], to: "merged"),
        Node(Reduction(.mean, axes: [1], keepsDimensions: false), ["merged"], to: "mean"),
        Node(Linear(), ["mean", "head"], to: "logits"),
      ],
      constants: ["picking": NDArray(picking, shape: [8, 8]).asConstant(), "head": numbers([8, 2]).asConstant()],
      outputs: ["logits"])
    let model = try GraphModel(graph)
    let merged = try #require(model.automaticLayer?.layer)
    #expect(merged.name == "merged" && merged.shape == [8, 2, 3])
    let session = try ExplanationSession(of: model, on: image, for: .logit(0))
    let maps = try session.activation(at: merged)
    for channel in 0..<2 {
      for cell in 0..<6 {
        let source = channel * 24 + cell / 3 * 2 * 6 + cell % 3 * 2
        #expect(maps.scalars[channel * 6 + cell] == image.scalars[source])
      }
    }
  }

  /// As torchvision's Swin transformer does it: every second row, then every second column, channels last.
  @Test func `patches merged one axis at a time lie on the coarser grid`() throws {
    func everySecond(_ axis: Int, from start: Int, of source: String, to name: String) -> Node {
      let shape = axis == 1 ? [1, 4, 6, 2] : [1, 2, 6, 2]
      var (starts, steps) = ([0, 0, 0, 0], [1, 1, 1, 1])
      (starts[axis], steps[axis]) = (start, 2)
      return Node(Slice(starts: starts, ends: shape, steps: steps), [source], to: name)
    }
    let rows = (0..<2).map { everySecond(1, from: $0, of: "last", to: "row\($0)") }
    let cells = (0..<4).map { everySecond(2, from: $0 / 2, of: "row\($0 % 2)", to: "cell\($0)") }
    let nodes =
      [Node(Transpose(permutation: [0, 2, 3, 1]), ["image"], to: "last")] + rows + cells + [
        Node(Concatenation(axis: 3), cells.map(\.output), to: "joined"),
        Node(MatrixProduct(), ["joined", "mix"], to: "merged"),
        Node(Reduction(.mean, axes: [1, 2], keepsDimensions: false), ["merged"], to: "mean"),
        Node(Linear(), ["mean", "head"], to: "logits"),
      ]
    let graph = Graph(
      inputs: [.init("image", shape: [1, 2, 4, 6])], nodes: nodes,
      constants: ["mix": numbers([8, 5]).asConstant(), "head": numbers([5, 2]).asConstant()], outputs: ["logits"])
    let model = try GraphModel(graph)
    #expect(model.layers.first { $0.name == "row1" }?.shape == [2, 2, 6])
    #expect(model.layers.first { $0.name == "cell3" }?.shape == [2, 2, 3])
    #expect(model.automaticLayer?.layer.name == "merged")
    #expect(model.automaticLayer?.layer.shape == [5, 2, 3])
  }

  /// As a segmentation network does at its end, which makes its maps larger but says nothing new.
  @Test func `maps are explained before they are enlarged`() throws {
    let rows = (0..<8).map { [Interpolation.Term($0 / 2, 1)] }
    let twice = Resize([.init(2, try Interpolation(rows: rows, sourceExtent: 4))])
    let graph = Graph(
      inputs: [.init("image", shape: [1, 2, 4, 6])],
      nodes: [
        Node(ElementwiseFunction(.relu), ["image"], to: "maps"), Node(twice, ["maps"], to: "enlarged"),
        Node(Transpose(permutation: [0, 1, 3, 2]), ["enlarged"], to: "turned"),
        Node(GlobalAveragePool(), ["turned"], to: "mean"), Node(Reshape(to: [1, 2]), ["mean"], to: "logits"),
      ], constants: [:], outputs: ["logits"])
    let automatic = try #require(GraphModel(graph).automaticLayer)
    #expect(automatic.layer.name == "maps")
    #expect(automatic.reason.contains("before it is resized"))
  }

  /// As in the MLP-Mixer: features that mix all tokens have no place, the sum with the tokens has.
  @Test func `mixed tokens keep their places by the residual sum alone`() throws {
    let nodes = [
      Node(Reshape(to: [1, 2, 24]), ["image"], to: "rows"), Node(MatrixProduct(), ["rows", "mix"], to: "mixed"),
      Node(Arithmetic(.add), ["rows", "mixed"], to: "sum"),
    ]
    let graph = Graph(
      inputs: [.init("image", shape: [1, 2, 4, 6])],
      nodes: nodes + [
        Node(Reshape(to: [1, 48]), ["sum"], to: "flat"), Node(Linear(), ["flat", "head"], to: "logits"),
      ], constants: ["mix": numbers([24, 24]).asConstant(), "head": numbers([48, 2]).asConstant()],
      outputs: ["logits"])
    let layers = try GraphModel(graph).layers
    #expect(layers.first { $0.name == "rows" }?.shape == [2, 4, 6])
    #expect(layers.first { $0.name == "mixed" }?.isSpatial == false)
    #expect(layers.first { $0.name == "sum" }?.shape == [2, 4, 6])
  }

  @Test func `what is not understood has no places`() throws {
    let confused: [(String, [Node])] = [
      ("a scalar in the middle of another channel", [Node(Reshape(to: [1, 3, 4, 4]), ["image"], to: "x")]),
      (
        "two places in one scalar",
        [
          Node(Slice(starts: [0, 0, 3, 0], ends: [1, 2, -1, 6], steps: [1, 1, -1, 1]), ["image"], to: "upside-down"),
          Node(Arithmetic(.add), ["image", "upside-down"], to: "x"),
        ]
      ),
    ]
    for (reason, nodes) in confused {
      let layers = try model(nodes, end: "x").layers
      #expect(layers.first { $0.name == "x" }?.isSpatial == false, "\(reason)")
    }
  }
}

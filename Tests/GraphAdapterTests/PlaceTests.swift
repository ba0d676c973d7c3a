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
    func neighbors(_ row: Int, _ column: Int) -> Node {
      Node(
        Slice(starts: [0, row, column, 0], ends: [1, 4, 6, 2], steps: [1, 2, 2, 1]), ["last"], to: "x\(row)\(column)")
    }
    var picking = [Float](repeating: 0, count: 8 * 8)
    (picking[0], picking[9]) = (1, 1)
    let graph = Graph(
      inputs: [.init("image", shape: [1, 2, 4, 6])],
      nodes: [
        Node(Transpose(permutation: [0, 2, 3, 1]), ["image"], to: "last"), neighbors(0, 0), neighbors(1, 0),
        neighbors(0, 1), neighbors(1, 1),
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

  /// As DiFull (Rao et al., CVPR 2022) makes its grids: every cell of the image goes through a network of its own.
  @Test(arguments: [(2, 2), (1, 2), (3, 3), (3, 1)]) func `cells put together in rows and columns have places`(
    rows: Int, columns: Int
  ) throws {
    let (height, width) = (12, 12), cell = (12 / rows, 12 / columns)
    var nodes: [Node] = [], joined: [String] = []
    for row in 0..<rows {
      for column in 0..<columns {
        let name = "\(row)\(column)"
        let starts = [0, 0, row * cell.0, column * cell.1]
        nodes += [
          Node(
            Slice(starts: starts, ends: [1, 2, starts[2] + cell.0, starts[3] + cell.1], steps: [1, 1, 1, 1]), ["image"],
            to: "cell" + name),
          Node(Convolution(.square(padding: 1)), ["cell" + name, "w" + name], to: "conv" + name),
          Node(MaxPool(.halving, ceilMode: false), ["conv" + name], to: "pool" + name),
        ]
      }
      nodes.append(Node(Concatenation(axis: 3), (0..<columns).map { "pool\(row)\($0)" }, to: "row\(row)"))
      joined.append("row\(row)")
    }
    let weights = Dictionary(
      uniqueKeysWithValues: (0..<rows * columns).map { index in
        let kernel = numbers([5 * 2 * 9 + index]).scalars.dropFirst(index)
        return ("w\(index / columns)\(index % columns)", NDArray(Array(kernel), shape: [5, 2, 3, 3]).asConstant())
      })
    let graph = Graph(
      inputs: [.init("image", shape: [1, 2, height, width])],
      nodes: nodes + [
        Node(Concatenation(axis: 2), joined, to: "joined"), Node(Identity(), ["joined"], to: "maps"),
        Node(GlobalAveragePool(), ["maps"], to: "mean"), Node(Reshape(to: [1, 5]), ["mean"], to: "features"),
        Node(Linear(), ["features", "head"], to: "logits"),
      ], constants: weights.merging(["head": numbers([5, 3]).asConstant()]) { own, _ in own }, outputs: ["logits"])
    let model = try GraphModel(graph)
    let layer = try #require(model.layers.first { $0.name == "joined" })
    #expect(layer.isSpatial && layer.shape == [5, height / 2, width / 2] && layer.reachesScore)
    #expect(model.automaticLayer?.layer.shape == layer.shape)
    #expect(model.layers.first { $0.name == "conv00" }?.isSpatial == false, "a cell alone is no map of the image")
    // A pixel changes the maps in its own cell only, whose rows and columns are half as many.
    let pixel = (row: height - 1, column: 0), own = (row: height / 2 - 1, column: 0)
    let dark = Tensor(repeating: 0, shape: [2, height, width])
    var lit = dark
    lit[pixel.row * width + pixel.column] = 1
    let maps = try [dark, lit].map {
      try ExplanationSession(of: model, on: $0, for: .logit(0)).activation(at: layer).scalars
    }
    let changed = maps[0].indices.filter { maps[0][$0] != maps[1][$0] }.map { $0 % (height / 2 * width / 2) }
    #expect(changed.contains(own.row * width / 2 + own.column))
    #expect(changed.allSatisfy { $0 / (width / 2) >= (rows - 1) * cell.0 / 2 && $0 % (width / 2) < cell.1 / 2 })
  }

  /// The bounds of cells in a part of the image are those that the same cells have in the whole.
  @Test func `a part's cells are the whole's`() throws {
    let third = [
      Node(Slice(starts: [0, 0, 0, 0], ends: [1, 2, 4, 12], steps: [1, 1, 1, 1]), ["image"], to: "a"),
      Node(Slice(starts: [0, 0, 4, 0], ends: [1, 2, 12, 12], steps: [1, 1, 1, 1]), ["image"], to: "b"),
      Node(MaxPool(.halving, ceilMode: false), ["a"], to: "poolA"),
      Node(MaxPool(.halving, ceilMode: false), ["b"], to: "poolB"),
      Node(Concatenation(axis: 2), ["poolA", "poolB"], to: "parts"),
      Node(MaxPool(.halving, ceilMode: false), ["image"], to: "whole"),
      Node(Arithmetic(.add), ["parts", "whole"], to: "sum"),
      Node(Reshape(to: [1, 72]), ["sum"], to: "flat"), Node(Linear(), ["flat", "head"], to: "logits"),
    ]
    let graph = Graph(
      inputs: [.init("image", shape: [1, 2, 12, 12])], nodes: third,
      constants: ["head": numbers([72, 2]).asConstant()],
      outputs: ["logits"])
    #expect(try GraphModel(graph).layers.first { $0.name == "sum" }?.shape == [2, 6, 6])
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

extension ConvolutionGeometry {
  fileprivate static func square(padding: Int) -> Self {
    Self(
      strides: [1, 1], dilations: [1, 1], paddingBefore: [padding, padding], paddingAfter: [padding, padding], groups: 1
    )
  }
}

extension PoolingGeometry {
  fileprivate static let halving = Self(
    kernel: [2, 2], strides: [2, 2], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0])
}

import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import Testing

/// Attention is found by what it computes; none of the names here says so.
@Suite struct AttentionSearchTests {
  private let image = numbers([3, 8, 12]).tensor

  @Test(arguments: [false, true]) func `a block of one head is found, with its tokens and where they are`(
    appendsClassToken: Bool
  ) throws {
    let model = try GraphModel(TinyTransformer(appendsClassToken: appendsClassToken).graph)
    let block = try #require(model.attentionBlocks.first)
    #expect(model.attentionBlocks.count == 1 && model.unplacedAttention.isEmpty)
    #expect(block.weights.name == "attention" && block.shape == [1, 7, 7] && block.isAmongSameTokens)
    #expect((block.windows, block.heads, block.queryCount, block.keyCount) == (1, 1, 7, 7))
    #expect((block.keys.height, block.keys.width) == (2, 3))
    #expect(block.keys.patches == Array(appendsClassToken ? 0..<6 : 1..<7))
    #expect(block.readout == [appendsClassToken ? 6 : 0], "the head reads the class token alone")
    #expect(block.input?.name == "tokens" && block.output?.name == "sum")
  }

  @Test func `all patches are read where they are averaged`() throws {
    let model = try GraphModel(TinyTransformer(head: .meanOfPatches).graph)
    #expect(model.attentionBlocks.map(\.readout) == [Array(1..<7)])
  }

  @Test func `weights and their gradient are handed out as the network has them`() throws {
    let model = try GraphModel(TinyTransformer().graph), block = model.attentionBlocks[0]
    let session = try ExplanationSession(of: model, on: image, for: .logit(1))
    let weights = try session.attention(of: block)
    for row in 0..<7 { #expect(abs(weights.scalars[row * 7..<row * 7 + 7].reduce(0, +) - 1) < 1e-5) }
    let gradient = try session.attentionGradient(of: block)
    #expect(gradient.scalars.prefix(7).contains { $0 != 0 })
    #expect(gradient.scalars.dropFirst(7).allSatisfy { $0 == 0 }, "no other answer is read")
  }

  /// Behind the only block there is nothing to read otherwise.
  @Test func `read in its own place, the last block has its plain gradient`() throws {
    let model = try GraphModel(TinyTransformer().graph), block = model.attentionBlocks[0]
    let session = try ExplanationSession(of: model, on: image, for: .logit(1))
    let early = try session.attentionGradient(of: block, readInPlaceOf: block)
    let plain = try session.attentionGradient(of: block)
    for (a, b) in zip(early.scalars, plain.scalars) { #expect(abs(a - b) < 1e-6) }
  }

  @Test func `projected values are what the block adds where each token sees itself alone`() throws {
    let graph = TinyTransformer().graph, model = try GraphModel(graph)
    let session = try ExplanationSession(of: model, on: image, for: .logit(1))
    let projected = try session.projectedValues(of: model.attentionBlocks[0])
    let values = try session.activation(at: #require(model.layers.first { $0.name == "v" }).native)
    let matrix = try #require(graph.constants["Wo"]).tensor
    let expected = values.matrixProduct(matrix)
    #expect(projected.shape == [7, 4])
    for (a, b) in zip(projected.scalars, expected.scalars) { #expect(abs(a - b) < 1e-5) }
  }

  /// A network of tokens `[1, 10, 4]`, the pixels of a 2 × 5 image, with these nodes on them up to "end", which is pooled.
  private func model(_ nodes: [Node], _ constants: [String: NDArray] = [:], end: String = "end") throws -> GraphModel {
    var all = constants
    for name in ["Wq", "Wk", "Wv"] { all[name] = numbers([4, 4]) }
    all["Wk"] = NDArray(numbers([16]).scalars.reversed(), shape: [4, 4])
    all["head"] = numbers([4, 2])
    let before = [
      Node(Reshape(to: [1, 4, 10]), ["image"], to: "flat"),
      Node(Transpose(permutation: [0, 2, 1]), ["flat"], to: "tokens"),
      Node(MatrixProduct(), ["tokens", "Wq"], to: "q"), Node(MatrixProduct(), ["tokens", "Wk"], to: "k"),
      Node(MatrixProduct(), ["tokens", "Wv"], to: "v"),
    ]
    let after = [
      Node(Reduction(.mean, axes: [1], keepsDimensions: false), [end], to: "mean"),
      Node(Linear(), ["mean", "head"], to: "logits"),
    ]
    return try GraphModel(
      Graph(
        inputs: [.init("image", shape: [1, 4, 2, 5])], nodes: before + nodes + after,
        constants: all.mapValues { $0.asConstant() }, outputs: ["logits"]))
  }

  private let scores = [
    Node(Transpose(permutation: [0, 2, 1]), ["k"], to: "kT"), Node(MatrixProduct(), ["q", "kT"], to: "scores"),
  ]

  @Test func `scales, caps, masks and dropout do not hide it`() throws {
    let nodes =
      scores + [
        Node(Arithmetic(.divide), ["scores", "two"], to: "s1"), Node(ElementwiseFunction(.tanh), ["s1"], to: "s2"),
        Node(Arithmetic(.add), ["s2", "bias"], to: "s3"), Node(Softmax(axis: 2), ["s3"], to: "w"),
        Node(Identity(), ["w"], to: "dropped"), Node(Selection(), ["mask", "zero", "dropped"], to: "cleaned"),
        Node(MatrixProduct(), ["cleaned", "v"], to: "end"),
      ]
    let model = try model(
      nodes,
      [
        "two": NDArray([2], shape: []), "bias": numbers([10, 10]), "mask": NDArray(repeating: 0, shape: [10, 10]),
        "zero": NDArray([0], shape: []),
      ])
    #expect(model.attentionBlocks.map(\.weights.name) == ["w"])
    #expect(model.attentionBlocks[0].keys.patches == Array(0..<10))
    #expect(model.attentionBlocks[0].queries == model.attentionBlocks[0].keys)
  }

  @Test func `heads may be folded into the batch on the way`() throws {
    func split(_ name: String, _ order: [Int]) -> [Node] {
      [
        Node(Reshape(to: [1, 10, 2, 2]), [name], to: name + "1"),
        Node(Transpose(permutation: order), [name + "1"], to: name + "2"),
      ]
    }
    let nodes =
      split("q", [0, 2, 1, 3]) + split("k", [0, 2, 3, 1]) + split("v", [0, 2, 1, 3]) + [
        Node(MatrixProduct(), ["q2", "k2"], to: "scores"), Node(Softmax(axis: 3), ["scores"], to: "w"),
        Node(Reshape(to: [2, 10, 10]), ["w"], to: "w2"), Node(Reshape(to: [2, 10, 2]), ["v2"], to: "v3"),
        Node(MatrixProduct(), ["w2", "v3"], to: "product"), Node(Reshape(to: [1, 2, 10, 2]), ["product"], to: "p1"),
        Node(Transpose(permutation: [0, 2, 1, 3]), ["p1"], to: "p2"), Node(Reshape(to: [1, 10, 4]), ["p2"], to: "end"),
      ]
    let block = try #require(try model(nodes).attentionBlocks.first)
    #expect((block.heads, block.windows) == (2, 1) && block.shape == [2, 10, 10])
  }

  /// As in the Swin transformer: two windows of 2 × 2, which begin in the second column, wrapping around.
  @Test func `windows are told from heads, and their shift is undone`() throws {
    func windowed(_ name: String, turned: Bool) -> [Node] {
      [
        Node(Reshape(to: [1, 2, 4, 2, 1]), [name], to: name + "1"),
        Node(
          Slice(starts: [0, 0, 1, 0, 0], ends: [1, 2, 4, 2, 1], steps: [1, 1, 1, 1, 1]), [name + "1"], to: name + "2"),
        Node(
          Slice(starts: [0, 0, 0, 0, 0], ends: [1, 2, 1, 2, 1], steps: [1, 1, 1, 1, 1]), [name + "1"], to: name + "3"),
        Node(Concatenation(axis: 2), [name + "2", name + "3"], to: name + "4"),
        // Rows, windows, columns, heads → windows, heads, rows and columns.
        Node(Reshape(to: [2, 2, 2, 2]), [name + "4"], to: name + "5"),
        Node(Transpose(permutation: [1, 3, 0, 2]), [name + "5"], to: name + "6"),
        Node(Reshape(to: turned ? [2, 2, 1, 4] : [2, 2, 4, 1]), [name + "6"], to: name + "7"),
      ]
    }
    let projections = ["q", "k", "v"].map { Node(MatrixProduct(), ["tokens", "W" + $0], to: $0) }
    let nodes =
      [
        Node(Reshape(to: [1, 2, 8]), ["image"], to: "flat"),
        Node(Transpose(permutation: [0, 2, 1]), ["flat"], to: "tokens"),
      ] + projections + windowed("q", turned: false) + windowed("k", turned: true) + windowed("v", turned: false) + [
        Node(MatrixProduct(), ["q7", "k7"], to: "scores"), Node(Softmax(axis: 3), ["scores"], to: "w"),
        Node(MatrixProduct(), ["w", "v7"], to: "end"),
        Node(Reduction(.mean, axes: [0, 1, 2], keepsDimensions: false), ["end"], to: "mean"),
        Node(Reshape(to: [1, 1]), ["mean"], to: "row"), Node(MatrixProduct(), ["row", "head"], to: "logits"),
      ]
    var constants = ["head": numbers([1, 2])]
    for name in ["Wq", "Wk", "Wv"] { constants[name] = numbers([2, 2]) }
    let model = try GraphModel(
      Graph(
        inputs: [.init("image", shape: [1, 2, 2, 4])], nodes: nodes, constants: constants.mapValues { $0.asConstant() },
        outputs: ["logits"]))
    let block = try #require(model.attentionBlocks.first)
    #expect((block.windows, block.heads, block.queryCount, block.keyCount) == (2, 2, 4, 4))
    #expect((block.keys.height, block.keys.width) == (2, 4) && block.queries == block.keys)
    // The first window has columns 1 and 2, the second 3 and 0; tokens are numbered through.
    #expect(block.keys.patches == [5, 0, 1, 4, 7, 2, 3, 6])
    #expect(Need.attentionChain.unmet(by: model, for: Nothing())?.contains("2 windows") == true)
  }

  private struct Nothing: AttributionMethod {
    func attribution(in session: ExplanationSession) throws -> Attribution { throw AttributionError.noSpatialLayer }
  }

  /// As CaiT does it in its last blocks, or a network that pools its patches by attention.
  @Test func `a query without a place attends to keys that have them`() throws {
    let nodes = [
      Node(Transpose(permutation: [0, 2, 1]), ["k"], to: "kT"),
      Node(MatrixProduct(), ["probe", "kT"], to: "scores"), Node(Softmax(axis: 2), ["scores"], to: "w"),
      Node(MatrixProduct(), ["w", "v"], to: "end"),
    ]
    let model = try model(nodes, ["probe": numbers([1, 1, 4])])
    let block = try #require(model.attentionBlocks.first)
    #expect(block.queryCount == 1 && block.queries == nil && !block.isAmongSameTokens)
    #expect(block.keys.patches == Array(0..<10) && block.readout == [0])
    #expect(Need.attention.unmet(by: model, for: Nothing()) == nil)
    #expect(Need.attentionChain.unmet(by: model, for: Nothing())?.contains("1 queries for 10 keys") == true)
  }

  /// As XCiT does it: features attend to features.
  @Test func `attention among channels has no places`() throws {
    let nodes = [
      Node(Transpose(permutation: [0, 2, 1]), ["q"], to: "qT"), Node(MatrixProduct(), ["qT", "k"], to: "scores"),
      Node(Softmax(axis: 2), ["scores"], to: "w"), Node(Transpose(permutation: [0, 2, 1]), ["v"], to: "vT"),
      Node(MatrixProduct(), ["w", "vT"], to: "mixed"), Node(Transpose(permutation: [0, 2, 1]), ["mixed"], to: "end"),
    ]
    let model = try model(nodes)
    #expect(model.attentionBlocks.isEmpty && model.unplacedAttention == ["w"])
  }

  @Test func `softmaxes that weigh nothing, or by no product of two, are none`() throws {
    let answer =
      scores + [Node(Softmax(axis: 2), ["scores"], to: "w"), Node(MatrixProduct(), ["w", "table"], to: "end")]
    let fixed = try model(answer, ["table": numbers([10, 4])])
    #expect(fixed.attentionBlocks.isEmpty && fixed.unplacedAttention.isEmpty)
    let gates = [
      Node(Softmax(axis: 2), ["q"], to: "w"), Node(Arithmetic(.multiply), ["w", "v"], to: "end"),
    ]
    #expect(try model(gates).attentionBlocks.isEmpty)
  }

  @Test func `a block of a convolutional network is none`() throws {
    let graph = Graph(
      inputs: [.init("image", shape: [1, 2, 4, 4])],
      nodes: [
        Node(Reduction(.mean, axes: [2, 3], keepsDimensions: false), ["image"], to: "mean"),
        Node(Linear(), ["mean", "head"], to: "x"), Node(Softmax(axis: 1), ["x"], to: "p"),
      ], constants: ["head": numbers([2, 3]).asConstant()], outputs: ["p"])
    #expect(try GraphModel(graph).attentionBlocks.isEmpty)
  }
}

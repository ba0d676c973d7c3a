import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import TestSupport
import Testing

private let geometry = ConvolutionGeometry(
  strides: [1, 1], dilations: [1, 1], paddingBefore: [1, 1], paddingAfter: [1, 1], groups: 1)

/// Convolution → ReLU → convolution, `classes` logits for each of 6 × 8 places.
private func network(_ images: Int = 1, classes: Int = 4, head: [Node] = [], output: String = "logits") -> Graph {
  Graph(
    inputs: [.init("image", shape: [images, 3, 6, 8])],
    nodes: [
      Node(Convolution(geometry), ["image", "w1"], to: "conv1"),
      Node(ElementwiseFunction(.relu), ["conv1"], to: "relu1"),
      Node(Convolution(geometry), ["relu1", "w2"], to: "logits"),
    ] + head,
    constants: [
      "w1": NDArray(.scattered([5, 3, 3, 3], 0.61803)).asConstant(),
      "w2": NDArray(.scattered([classes, 5, 3, 3], 0.41421)).asConstant(),
    ], outputs: [output])
}

private let image = Tensor.ramp([3, 6, 8])

@Suite struct SegmentationTests {
  private let region = OutputRegion.weights(.ramp([6, 8]).map { $0 > 0.2 ? $0 : 0 })

  private func session(_ model: GraphModel, _ target: any Target, on input: Tensor = image) throws -> ExplanationSession
  {
    try ExplanationSession(of: model, on: input, for: RegionMean(of: target, over: region))
  }

  @Test func `the gradient of a region's score is its slope in the image`() throws {
    let model = try GraphModel(network())
    #expect(model.explained.shape == [4, 6, 8] && model.explained.kind == .places(.softmax))
    for target in [ClassLogit(index: 1), ClassProbability(of: .logit(3))] as [any Target] {
      let session = try session(model, target)
      let gradient = try session.inputGradient()
      for i in stride(from: 0, to: 144, by: 7) {
        var (up, down) = (image, image)
        up[i] += 1e-2
        down[i] -= 1e-2
        let slope = try (session.repeated(on: up).score.value - session.repeated(on: down).score.value) / 2e-2
        #expect(abs(gradient.scalars[i] - slope) < 1e-3)
      }
      #expect(gradient.scalars.contains { abs($0) > 5e-3 })
    }
  }

  @Test func `a softmax over the classes of each place is stepped over, a sigmoid over one`() throws {
    let softmax = try GraphModel(network(head: [Node(Softmax(axis: 1), ["logits"], to: "y")], output: "y"))
    #expect(softmax.logitsName == "logits" && softmax.explained.link == .softmax)
    let mask = try GraphModel(
      network(classes: 1, head: [Node(ElementwiseFunction(.sigmoid), ["logits"], to: "y")], output: "y"))
    #expect(mask.explained.shape == [1, 6, 8] && mask.explained.link == .sigmoid)
    #expect(try GraphModel(network(classes: 1)).explained.link == .sigmoid)
  }

  @Test func `channels last are the same answer, with the same gradients`() throws {
    let plain = try session(GraphModel(network()), .logit(2))
    // As exporters of networks with channels last write them: with the softmax over the last axis, without one, and with
    // something behind; and with the image's channels last, too.
    let last = Node(Transpose(permutation: [0, 2, 3, 1]), ["logits"], to: "last")
    let softmax = Node(Softmax(axis: 3), ["last"], to: "y")
    let shifted = [last, Node(Arithmetic(.add), ["last", "none"], to: "kept")]
    for (head, output, name) in [
      ([last, softmax], "y", "last"), ([last], "last", "last"), (shifted, "kept", "kept"),
    ] {
      var graph = network(head: head, output: output)
      graph.constants["none"] = NDArray(Tensor(repeating: 0, shape: [1])).asConstant()
      let model = try GraphModel(graph)
      #expect(model.explained.shape == [4, 6, 8] && model.logitsName == name)
      let other = try session(model, .logit(2))
      #expect(other.logits.distance(to: plain.logits) < 1e-6)
      #expect(try other.inputGradient().distance(to: plain.inputGradient()) < 1e-6)
      let relu = try #require(model.layers.first { $0.name == "relu1" })
      let scores = try other.scores(of: 3, replacing: relu) { Float($0) * (try other.activation(at: relu)) }
      #expect(abs(scores[1] - plain.score.value) < 1e-5 && abs(scores[2] - scores[1]) > 1e-3)
    }
    var graph = network()
    graph.inputs = [.init("outer", shape: [1, 6, 8, 3])]
    graph.nodes.insert(Node(Transpose(permutation: [0, 3, 1, 2]), ["outer"], to: "image"), at: 0)
    let outer = try session(GraphModel(graph), .logit(2), on: channelsLast(image))
    #expect(outer.logits == plain.logits)
    #expect(try outer.inputGradient().distance(to: channelsLast(plain.inputGradient())) < 1e-6)
  }

  private func channelsLast(_ image: Tensor) -> Tensor {
    Tensor((0..<48).flatMap { p in (0..<3).map { image.scalars[$0 * 48 + p] } }, shape: [6, 8, 3])
  }

  @Test(arguments: [1, 3]) func `a batch of n is n singles`(count: Int) throws {
    let images = (0..<count).map { Tensor.ramp([3, 6, 8], phase: 0.3 * Float($0)) }
    let last = [
      Node(Transpose(permutation: [0, 2, 3, 1]), ["logits"], to: "last"), Node(Softmax(axis: 3), ["last"], to: "y"),
    ]
    for (head, output) in [([], "logits"), (last, "y")] {
      let model = try GraphModel(network(head: head, output: output)) { network($0, head: head, output: output) }
      let logits = try model.logits(for: Tensor(images.flatMap(\.scalars), shape: [count, 3, 6, 8]))
      #expect(logits.shape == [count, 4, 6, 8])
      for (index, image) in images.enumerated() {
        #expect(logits.channel(index).distance(to: try GraphModel(network()).trace(image).logits) < 1e-5)
      }
      let session = try session(model, .prediction)
      let scores = try session.scores(of: count) { images[$0] }
      for (score, image) in zip(scores, images) {
        #expect(abs(score - (try session.repeated(on: image).score.value)) < 1e-5)
      }
    }
  }

  /// Two levels with a shortcut: 8 channels on 6 × 8 places, 16 on 3 × 4.
  @Test func `maps are drawn on the bottleneck of a U-Net unless told otherwise`() throws {
    let half = ConvolutionGeometry(
      strides: [2, 2], dilations: [1, 1], paddingBefore: [1, 1], paddingAfter: [1, 1], groups: 1)
    let point = ConvolutionGeometry(
      strides: [1, 1], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0], groups: 1)
    let double = ConvolutionGeometry(
      strides: [2, 2], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0], groups: 1)
    let weights: [(String, [Int])] = [
      ("w1", [8, 3, 3, 3]), ("w2", [16, 8, 3, 3]), ("w3", [16, 16, 3, 3]), ("w4", [16, 8, 2, 2]),
      ("w5", [4, 16, 1, 1]),
    ]
    let graph = Graph(
      inputs: [.init("image", shape: [1, 3, 6, 8])],
      nodes: [
        Node(Convolution(geometry), ["image", "w1"], to: "conv1"),
        Node(ElementwiseFunction(.relu), ["conv1"], to: "skip"),
        Node(Convolution(half), ["skip", "w2"], to: "conv2"), Node(ElementwiseFunction(.relu), ["conv2"], to: "down"),
        Node(Convolution(geometry), ["down", "w3"], to: "conv3"),
        Node(ElementwiseFunction(.relu), ["conv3"], to: "bottleneck"),
        Node(TransposedConvolution(double, outputPadding: [0, 0]), ["bottleneck", "w4"], to: "up"),
        Node(Concatenation(axis: 1), ["skip", "up"], to: "both"),
        Node(Convolution(point), ["both", "w5"], to: "logits"),
      ],
      constants: Dictionary(uniqueKeysWithValues: weights.map { ($0, NDArray(.scattered($1, 0.61803)).asConstant()) }),
      outputs: ["logits"])
    let model = try GraphModel(graph)
    #expect(model.automaticLayer?.layer.name == "bottleneck")
    #expect(model.explained.shape == [4, 6, 8])
    let session = try ExplanationSession(of: model, on: image, for: RegionMean(of: .prediction, over: .predicted))
    #expect(try session.gradient(at: #require(model.automaticLayer).layer).scalars.contains { $0 != 0 })
  }
}

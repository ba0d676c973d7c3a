import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import Testing

/// conv → ReLU → max pooling → global average pooling → linear → softmax.
private func network(head: [Node] = [], outputs: [String] = ["y"]) -> Graph {
  let geometry = ConvolutionGeometry(
    strides: [1, 1], dilations: [1, 1], paddingBefore: [1, 1], paddingAfter: [1, 1], groups: 1)
  let pooling = PoolingGeometry(
    kernel: [2, 2], strides: [2, 2], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0],
    countsPadding: false)
  return Graph(
    inputs: [.init("image", shape: [1, 3, 8, 8])],
    nodes: [
      Node(Convolution(geometry), ["image", "w"], to: "conv1"),
      Node(ElementwiseFunction(.relu), ["conv1"], to: "relu1"),
      Node(MaxPool(pooling, ceilMode: false), ["relu1"], to: "pool1"), Node(GlobalAveragePool(), ["pool1"], to: "gap"),
      Node(Reshape(to: [1, 5]), ["gap"], to: "flat"), Node(Linear(), ["flat", "m"], to: "logits"),
      Node(Softmax(axis: 1), ["logits"], to: "y"),
    ] + head,
    constants: ["w": numbers([5, 3, 3, 3]).asConstant(), "m": numbers([5, 4]).asConstant()], outputs: outputs)
}

private let image = numbers([3, 8, 8]).tensor

@Suite struct GraphModelTests {
  @Test func `a terminal softmax is stepped over`() throws {
    let model = try GraphModel(network())
    #expect(model.logitsName == "logits")
    #expect(model.explained.link == .softmax)
    #expect(model.layers.map(\.name) == ["image", "conv1", "relu1", "pool1", "gap", "flat", "logits"])
    let session = try ExplanationSession(of: model, on: image, for: .prediction)
    #expect(abs(try session.probabilities.scalars.reduce(0, +) - 1) < 1e-6)
    let saved = try GraphModel(network(head: [Node(Reshape(to: [4]), ["y"], to: "z")], outputs: ["z"]))
    #expect(saved.logitsName == "logits")
  }

  @Test func `the automatic layer is the deepest spatial one before pooling`() throws {
    let automatic = try #require(try GraphModel(network()).automaticLayer)
    #expect(automatic.layer.name == "relu1")
    #expect(automatic.layer.shape == [5, 8, 8])
    #expect(automatic.layer.operatorName == "ReLU")
    #expect(automatic.reason.contains("before pooling"))
  }

  @Test func `channels last are maps too, and stepped back over`() throws {
    var graph = network()
    graph.nodes[3] = Node(Transpose(permutation: [0, 2, 3, 1]), ["pool1"], to: "channels-last")
    graph.nodes[4] = Node(Reshape(to: [1, 80]), ["channels-last"], to: "flat")
    graph.constants["m"] = numbers([80, 4]).asConstant()
    let model = try GraphModel(graph)
    let last = try #require(model.layers.first { $0.name == "channels-last" })
    #expect(last.shape == [5, 4, 4] && last.nativeShape == [4, 4, 5])
    #expect(model.automaticLayer?.layer.name == "relu1")
  }

  @Test func `CAM's weights are the classifier's own`() throws {
    let model = try GraphModel(network())
    let pool1 = try #require(model.layers.first { $0.name == "pool1" })
    let weights = try model.pooledLinearWeights(of: Cotangents(.oneHot(2, count: 4)), after: pool1)
    let matrix = numbers([5, 4]).scalars
    for k in 0..<5 { #expect(abs(weights.scalars[k] - matrix[k * 4 + 2]) < 1e-6) }
    let conv1 = try #require(model.layers.first { $0.name == "conv1" })
    #expect(throws: AttributionError.noLinearHead(after: conv1)) {
      try model.pooledLinearWeights(of: Cotangents(.oneHot(2, count: 4)), after: conv1)
    }
  }

  @Test func `layers asked for in any order have the same gradients`() throws {
    let model = try GraphModel(network())
    let names = ["logits", "pool1", "relu1", "conv1", "image"]
    func gradients(_ names: [String]) throws -> (gradients: [String: Tensor], passes: Int) {
      let session = try ExplanationSession(of: model, on: image, for: .logit(1))
      var result: [String: Tensor] = [:]
      for name in names {
        result[name] = try session.gradient(at: #require(model.layers.first { $0.name == name }))
      }
      return (result, session.backwardPasses)
    }
    let downwards = try gradients(names), upwards = try gradients(names.reversed())
    #expect(downwards.gradients == upwards.gradients)
    #expect(downwards.passes == 1)
    #expect(upwards.passes > 1)
  }

  @Test func `the automatic layer's gradient survives a walk to the image`() throws {
    let model = try GraphModel(network())
    let session = try ExplanationSession(of: model, on: image, for: .prediction)
    _ = try session.inputGradient()
    _ = try session.gradient(at: #require(model.automaticLayer).layer)
    #expect(session.backwardPasses == 1)
  }

  @Test func `what does not fit the network is refused`() {
    #expect(throws: GraphModelError.noSuchOutput("q", among: ["y"])) { try GraphModel(network(), output: "q") }
    #expect(throws: GraphModelError.wrongInput(expected: [3, 8, 8], given: [3, 4, 4])) {
      try GraphModel(network()).trace(Tensor(repeating: 0, shape: [3, 4, 4]))
    }
    var pair = network()
    pair.inputs.append(.init("other", shape: [1]))
    #expect(throws: AttributionError.wrongInputCount(1, of: ["image", "other"])) { try GraphModel(pair).trace(image) }
    var none = network()
    none.inputs = []
    none.constants["image"] = NDArray(image).reshaped([1, 3, 8, 8]).asConstant()
    #expect(throws: GraphModelError.noInput) { try GraphModel(none) }
  }
}

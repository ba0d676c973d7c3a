import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import TestSupport
import Testing

/// conv + batch normalisation → ReLU → conv + bias → ReLU → pooling → linear, for a number of images; both convolutions
/// read one array of weights.
private func network(_ images: Int) -> Graph {
  let geometry = ConvolutionGeometry(stride: 1, padding: 1)
  return Graph(
    inputs: [.init("image", shape: [images, 4, 6, 6])],
    nodes: [
      Node(Arithmetic(.divide), ["image", "deviation"], to: "scaled"),
      Node(Convolution(geometry), ["scaled", "w"], to: "conv1"),
      Node(BatchNormalization(epsilon: 1e-5), ["conv1", "scale", "shift", "mean", "variance"], to: "norm1"),
      Node(ElementwiseFunction(.relu), ["norm1"], to: "relu1"),
      Node(Convolution(geometry), ["relu1", "w", "bias"], to: "conv2"),
      Node(ElementwiseFunction(.relu), ["conv2"], to: "relu2"), Node(GlobalAveragePool(), ["relu2"], to: "pool"),
      Node(Reshape(to: [images, 4]), ["pool"], to: "flat"), Node(Linear(), ["flat", "m"], to: "logits"),
    ],
    constants: [
      "deviation": NDArray([1, 2, 3, 4], shape: [1, 4, 1, 1]).asConstant(),
      "w": NDArray(.scattered([4, 4, 3, 3], 0.61803)).asConstant(),
      "scale": NDArray([1, 2, 3, 4], shape: [4]).asConstant(),
      "shift": NDArray([0.1, 0.2, 0.3, 0.4], shape: [4]).asConstant(),
      "mean": NDArray([-0.1, -0.2, -0.3, -0.4], shape: [4]).asConstant(),
      "variance": NDArray([10, 20, 30, 40], shape: [4]).asConstant(),
      "bias": NDArray([0.5, -0.5, 0.25, 0.125], shape: [4]).asConstant(),
      "m": NDArray(.scattered([4, 3], 0.73205)).asConstant(),
    ], outputs: ["logits"])
}

private let image = Tensor.scattered([4, 6, 6], 0.5772)

@Suite struct RandomizationTests {
  let model: GraphModel

  init() throws { model = try GraphModel(network(1)) { network($0) } }

  func twin(_ text: String, seed: UInt64 = 0) throws -> GraphModel {
    try #require(try model.randomized(Randomization(text).layers(of: model), seed: seed) as? GraphModel)
  }

  /// What the first convolution and its normalisation hold, as relevance propagation sees them.
  func activation(_ name: String, in model: GraphModel, on image: Tensor = image) throws -> Tensor {
    try model.trace([image]).activation(at: try #require(model.layers.first { $0.name == name }))
  }

  @Test func `layers with weights are listed from the output on`() {
    #expect(model.weightedLayers.map(\.name) == ["logits", "conv2", "conv1"])
  }

  @Test func `the same seed draws the same weights, another seed others, and the network itself stays`() throws {
    let before = try model.trace([image]).logits
    let logits = try ["all", "conv1", "conv2", "logits"].map { try twin($0).trace([image]).logits }
    for (one, name) in zip(logits, ["all", "conv1", "conv2", "logits"]) {
      #expect(one.distance(to: before) > 1e-3, "\(name)")
      #expect(try twin(name).trace([image]).logits == one)
      #expect(try twin(name, seed: 1).trace([image]).logits != one)
    }
    #expect(try model.trace([image]).logits == before)
  }

  @Test func `a layer draws the same whichever others are drawn with it`() throws {
    let alone = try twin("conv1"), all = try twin("all"), cascade = try twin("cascade:conv2")
    #expect(try activation("norm1", in: alone) == activation("norm1", in: all))
    #expect(try activation("norm1", in: cascade) == activation("norm1", in: model))
    #expect(try activation("relu2", in: cascade) == activation("relu2", in: twin("conv2")))
    #expect(try activation("logits", in: cascade) != activation("logits", in: twin("conv2")))
  }

  @Test func `two layers of equal weights draw unlike each other`() throws {
    // Without normalisation and bias, on one and the same input.
    var graph = network(1)
    graph.nodes[4] = Node(Convolution(ConvolutionGeometry(stride: 1, padding: 1)), ["scaled", "w"], to: "conv2")
    graph.nodes[5] = Node(Arithmetic(.add), ["conv1", "conv2"], to: "relu2")
    let model = try GraphModel(graph)
    let twin = try model.randomized(model.weightedLayers, seed: 0)
    let trace = try twin.trace([image])
    func activation(_ name: String, of trace: any ForwardTrace) throws -> Tensor {
      try trace.activation(at: try #require(twin.layers.first { $0.name == name }))
    }
    let own = try model.trace([image])
    #expect(try activation("conv2", of: own) == activation("conv1", of: own))
    #expect(try activation("conv2", of: trace).distance(to: activation("conv1", of: trace)) > 0.1)
  }

  @Test func `weights are the old ones in another order, and a normalisation's channels stay whole`() throws {
    let twin = try twin("all", seed: 3)
    // On nothing, a normalised convolution shows (0 − μ)·γ/√(σ² + ε) + β of each channel, which tells channels apart.
    func channels(_ name: String, _ model: GraphModel) throws -> [Float] {
      try activation(name, in: model, on: Tensor(repeating: 0, shape: [4, 6, 6])).spatialMean().scalars
    }
    let own = try channels("norm1", model), drawn = try channels("norm1", twin)
    #expect(own != drawn)
    for (a, b) in zip(own.sorted(), drawn.sorted()) { #expect(abs(a - b) < 1e-6) }
    // The sum over a convolution's interior outputs of an image of ones is that of its weights.
    func total(_ model: GraphModel) throws -> Float {
      let deviations = Tensor([1, 2, 3, 4].flatMap { [Float](repeating: $0, count: 36) }, shape: [4, 6, 6])
      let sums = try activation("conv1", in: model, on: deviations)
      return (0..<4).reduce(0) { $0 + sums.scalars[$1 * 36 + 14] }
    }
    #expect(abs(try total(model) - total(twin)) < 1e-4)
  }

  @Test func `what is no weight stays`() throws {
    #expect(try activation("scaled", in: twin("all")) == activation("scaled", in: model))
    #expect(throws: AttributionError.self) { try Randomization.layer("scaled").layers(of: model) }
    #expect(throws: AttributionError.self) { try model.randomized([model.layers[1]], seed: 0) }
  }

  @Test func `gradients, rules and batches are those of the new weights`() throws {
    let twin = try twin("all")
    let batch = try twin.outputs(for: [Tensor(image.scalars + image.scalars, shape: [2, 4, 6, 6])])[0]
    let single = try twin.trace([image]).logits
    #expect(batch.shape == [2, 3])
    #expect(Tensor(Array(batch.scalars.prefix(3)), shape: [3]).distance(to: single) < 1e-5)
    let session = try ExplanationSession(of: twin, on: image, for: .logit(1))
    let step: Float = 1e-2
    for place in [3, 40, 100] {
      var more = image, less = image
      more[place] += step
      less[place] -= step
      let slope = try (twin.trace([more]).logits.scalars[1] - twin.trace([less]).logits.scalars[1]) / (2 * step)
      #expect(abs(try session.inputGradient().scalars[place] - slope) < 1e-3)
    }
    // By the rule ε, the relevance of a score of one is, in a network of rectifiers, the input times its gradient, as a share
    // of the score.
    let relevance = try session.gradient(at: twin.input, under: RelevanceRules(.epsilon(0), over: session.steps))
    let shares = 1 / session.score.value * (image * (try session.inputGradient()))
    let size = try #require(shares.magnitudes().scalars.max())
    #expect(size > 0 && relevance.distance(to: shares) < 1e-3 * size)
  }
}

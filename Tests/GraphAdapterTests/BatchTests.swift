import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import TestSupport
import Testing

/// conv → ReLU → conv → sum with a shortcut → ReLU → pooling → linear, for a number of images.
private func network(_ images: Int) -> Graph {
  let geometry = ConvolutionGeometry(
    strides: [1, 1], dilations: [1, 1], paddingBefore: [1, 1], paddingAfter: [1, 1], groups: 1)
  return Graph(
    inputs: [.init("image", shape: [images, 3, 8, 8])],
    nodes: [
      Node(Convolution(geometry), ["image", "w1"], to: "conv1"),
      Node(ElementwiseFunction(.relu), ["conv1"], to: "relu1"),
      Node(Convolution(geometry), ["relu1", "w2"], to: "conv2"), Node(Arithmetic(.add), ["conv2", "relu1"], to: "sum"),
      Node(ElementwiseFunction(.relu), ["sum"], to: "relu2"), Node(GlobalAveragePool(), ["relu2"], to: "pool"),
      Node(Reshape(to: [images, 5]), ["pool"], to: "flat"), Node(Linear(), ["flat", "m"], to: "logits"),
    ],
    constants: [
      "w1": NDArray(.scattered([5, 3, 3, 3], 0.61803)).asConstant(),
      "w2": NDArray(.scattered([5, 5, 3, 3], 0.41421)).asConstant(),
      "m": NDArray(.scattered([5, 4], 0.73205)).asConstant(),
    ], outputs: ["logits"])
}

private func image(_ index: Int) -> Tensor { Tensor.ramp([3, 8, 8], phase: 0.3 * Float(index)) }

@Suite struct BatchTests {
  let batched: GraphModel
  let single: GraphModel
  /// Claims to take any number of images, and takes one.
  let fixed: GraphModel

  init() throws {
    batched = try GraphModel(network(1)) { network($0) }
    single = try GraphModel(network(1))
    fixed = try GraphModel(network(1)) { _ in network(1) }
  }

  @Test(arguments: [1, 2, 5, 8]) func `a batch of n is n singles, however the network takes them`(count: Int) throws {
    let batch = Tensor((0..<count).flatMap { image($0).scalars }, shape: [count, 3, 8, 8])
    for model in [batched, single, fixed] {
      let logits = try model.logits(for: batch)
      #expect(logits.shape == [count, 4])
      for index in 0..<count {
        #expect(logits.channel(index).distance(to: try single.trace(image(index)).logits) < 1e-5)
      }
    }
  }

  @Test func `batches grow with the memory, and networks for one image have none`() throws {
    #expect(batched.batchSize(within: 1) == 1)
    let sizes = [10_000, 30_000, 100_000, 1_000_000_000].map(batched.batchSize)
    #expect(sizes == sizes.sorted() && sizes[3] > sizes[0])
    #expect(sizes[3] <= 64)
    #expect(single.batchSize(within: 1_000_000_000) == 1)
    #expect(fixed.batchSize(within: 1_000_000_000) == 1)
  }

  @Test(arguments: ["image", "conv1", "relu1", "conv2", "sum", "relu2", "pool", "flat", "logits"])
  func `the network is run on from any layer, shortcuts as they were`(name: String) throws {
    for (model, bytes) in [
      (batched, 1_000_000_000), (batched, 20_000), (batched, 1), (single, 1_000_000), (fixed, 1_000_000),
    ] {
      let session = try ExplanationSession(
        of: model, on: image(0), for: .logit(2), options: SessionOptions(memoryLimit: bytes))
      let layer = try #require(model.layers.first { $0.name == name })
      let activation = try session.activation(at: layer)
      let scores = try session.scores(of: 13, replacing: layer) { Float($0) * activation }
      #expect(abs(scores[1] - session.score.value) < 1e-5)
      // The same by hand: everything from the layer on, with the shortcut of the original run.
      var values = Dictionary(
        uniqueKeysWithValues: try model.layers.map {
          ($0.name, NDArray(try session.activation(at: $0)).reshaped([1] + $0.shape))
        })
      for factor in [0, 3, 12] {
        values[name] = NDArray(Float(factor) * activation).reshaped([1] + layer.shape)
        #expect(abs(scores[factor] - (try rest(after: name, values))[2]) < 1e-3, "\(factor) × \(name)")
      }
    }
  }

  @Test(arguments: [1, 2, 5], [0, 1, 2, 3])
  func `gradients of a batch are those of its images, under every rule`(count: Int, crossing: Int) throws {
    let rule = Rule(number: crossing)
    let batch = Tensor((0..<count).flatMap { image($0).scalars }, shape: [count, 3, 8, 8])
    for model in [batched, single, fixed] {
      var asked: [Tensor] = []
      let gradients = try model.gradients(for: [batch], by: model.input, under: rule) { outputs in
        asked.append(outputs[0])
        return Cotangents(Tensor([0, 1, 0, -0.5], shape: [4]) * outputs[0])
      }
      #expect(gradients.shape == batch.shape)
      for index in 0..<count {
        let trace = try single.differentiableTrace(image(index))
        #expect(asked[index].distance(to: trace.logits) < 1e-5)
        let cotangent = Tensor([0, 1, 0, -0.5], shape: [4]) * trace.logits
        let alone = try trace.pullback(Cotangents(cotangent), to: single.input, under: rule)
        #expect(alone.scalars.contains { $0 != 0 })
        #expect(gradients.channel(index).distance(to: alone) < 1e-5)
      }
    }
  }

  /// Crosses rectifiers in one of the four ways.
  private struct Rule: GradientRule {
    let number: Int

    func crossing(_ step: Step) -> Crossing {
      guard step.activation != nil else { return .derivative }
      switch number {
      case 0: return .derivative
      case 1: return .derivativeOfPositive
      case 2: return .positive
      // Looks at all of a cotangent, so that it must not be handed several images at once.
      default: return .replaced { $0.scalars.reduce(0, +) * $0 }
      }
    }
  }

  @Test func `batches of gradients fit the memory, and networks for one image have none`() throws {
    let each = try Plan(network(1)).gradientBytes
    for share in [1, 2, 3, 7] { #expect(batched.gradientBatchSize(within: share * each + 1) == share) }
    #expect(batched.gradientBatchSize(within: 1) == 1)
    #expect((8...64).contains(batched.gradientBatchSize(within: 1_000_000_000)))
    #expect(single.gradientBatchSize(within: 1_000_000_000) == 1)
    #expect(fixed.gradientBatchSize(within: 1_000_000_000) == 1)
  }

  @Test(arguments: ["image", "conv1", "relu1", "conv2", "sum", "relu2"])
  func `a channel removed by the engine is one that is set to zero by hand`(name: String) throws {
    for (model, bytes) in [(batched, 1_000_000_000), (batched, 1), (single, 1_000_000), (fixed, 1_000_000)] {
      let session = try ExplanationSession(
        of: model, on: image(0), for: .logit(2), options: SessionOptions(memoryLimit: bytes))
      let layer = try #require(model.layers.first { $0.name == name })
      let whole = try session.activation(at: layer)
      let byHand = try session.scores(of: layer.shape[0], replacing: layer) { whole.removing(channel: $0) }
      let scores = try session.scores(removingChannelsOf: layer)
      #expect(scores.count == layer.shape[0])
      for (a, b) in zip(scores, byHand) { #expect(abs(a - b) < 1e-5) }
      #expect(Set(byHand).count > 2)
    }
  }

  /// The steps after `name`, one by one; a value depends on it where it is `name` or one of its readers does.
  private func rest(after name: String, _ known: [String: NDArray]) throws -> [Float] {
    let graph = network(1)
    var (known, changed) = (known, Set([name]))
    graph.constants.forEach { known[$0.key] = $0.value }
    for node in graph.nodes where node.output != name && !changed.isDisjoint(with: node.inputs) {
      known[node.output] = try node.op.forward(node.inputs.map { known[$0]! })
      changed.insert(node.output)
    }
    return known["logits"]!.scalars
  }
}

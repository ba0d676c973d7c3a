import AttributionKit
import Synchronization
import Tensors
import TestSupport
import Testing

@Suite struct SessionPassesTests {
  let network = ChainNetwork.tiny()

  func image(_ index: Int) -> Tensor { (1 - 0.15 * Float(index)) * network.sample }

  @Test func `the class chosen on the session's input is scored on every other`() throws {
    let second = RankedLogit(rank: 1)
    let session = try ExplanationSession(of: network, on: network.sample, for: second)
    let chosen = try #require(session.score.classIndex)
    let others = (1...60).map { Tensor.scattered([3, 4, 4], 0.1 * Float($0)) }
    let opposite = try #require(
      try others.first { try network.trace($0).logits.descendingOrder()[1] != chosen }, "another class comes second")
    let logits = try network.trace(opposite).logits
    #expect(try session.scores(of: 1) { _ in opposite } == [logits.scalars[chosen]])
    #expect(try session.repeated(on: opposite).score.value == logits.scalars[chosen])
    let likely = try session.retargeted(to: ClassProbability(of: second))
    #expect(try likely.scores(of: 1) { _ in opposite } == [logits.softmax().scalars[chosen]])
    #expect(try likely.repeated(on: opposite).score.classIndex == chosen)
  }

  @Test func `repeated sessions leave this one's passes alone and keep its options`() throws {
    let options = SessionOptions(colors: InputColors(black: [0, 0, 0], white: [1, 1, 1]), memoryLimit: 77)
    let session = try ExplanationSession(of: network, on: network.sample, for: .logit(1), options: options)
    let other = try session.repeated(on: image(3))
    _ = try other.inputGradient()
    #expect(session.backwardPasses == 0 && other.backwardPasses == 1)
    #expect(other.options.memoryLimit == 77 && other.options.colors == options.colors)
  }

  @Test(arguments: [1, 3000, 100_000]) func `scores do not depend on the memory allowed`(bytes: Int) throws {
    let model = BatchedNetwork(network)
    let session = try ExplanationSession(
      of: model, on: network.sample, for: .logit(2), options: SessionOptions(memoryLimit: bytes))
    let scores = try session.scores(of: 21, images: image)
    for index in 0..<21 { #expect(scores[index] == (try network.trace(image(index)).logits.scalars[2])) }
    let size = max(1, bytes / 1000)
    let sizes = model.sizes.withLock { $0 }
    #expect(sizes == Array(repeating: size, count: 21 / size) + Array(repeating: 1, count: 21 % size))
    #expect(try session.scores(of: 0, images: image).isEmpty)
  }

  @Test func `activations are run on from in batches`() throws {
    let layer = network.layers[3], direct = try network.trace(network.sample)
    let a = try direct.activation(at: layer)
    for bytes in [1, 4000] {
      let session = try ExplanationSession(
        of: network, on: network.sample, for: .logit(0), options: SessionOptions(memoryLimit: bytes))
      let scores = try session.scores(of: 9, replacing: layer) { Float($0) * a }
      #expect(abs(scores[1] - session.score.value) < 1e-6)
      // Rectifiers and linear maps without offsets double with their input.
      for index in 0..<9 { #expect(abs(scores[index] - Float(index) * scores[1]) < 1e-4) }
      #expect(network.forwardPasses >= 1)
    }
  }

  @Test func `an adapter that cannot run on from a layer is named`() throws {
    let session = try ExplanationSession(of: BlackBox(), on: Tensor([1, 2, 3], shape: [3]), for: .logit(0))
    let layer = Layer("hidden", shape: [1, 2, 2])
    #expect(throws: AttributionError.cannotResume(after: layer)) {
      try session.scores(of: 2, replacing: layer) { _ in Tensor(repeating: 0, shape: [1, 2, 2]) }
    }
    #expect("\(AttributionError.cannotResume(after: layer))".contains("ResumableTrace"))
    #expect(try session.scores(of: 2) { Tensor([Float($0), 0, 0], shape: [3]) } == [0, 1])
    #expect(throws: AttributionError.notAnImage(session.model.input)) { try session.grid }
  }

  @Test func `whoever listens hears how far the passes are`() throws {
    let heard = Heard()
    let session = try ExplanationSession(
      of: network, on: network.sample, for: .logit(0),
      options: SessionOptions { progress in heard.passes.withLock { $0.append(progress) } })
    _ = try session.scores(of: 3, images: image)
    #expect(heard.passes.withLock { $0 } == (1...3).map { .init(passes: $0, of: 3) })
  }

  @Test(arguments: [0, 1, 7, 8, 20, 50], [1, 4000, 8000])
  func `gradients of many images come in order, however they are batched`(count: Int, bytes: Int) throws {
    let model = BatchedNetwork(network), heard = Heard()
    let options = SessionOptions(memoryLimit: bytes) { progress in heard.passes.withLock { $0.append(progress) } }
    let session = try ExplanationSession(of: model, on: network.sample, for: .logit(2), options: options)
    var (next, made) = (0, 0)
    try session.inputGradients(of: count, under: Doubling()) { index in
      made = max(made, index + 1)
      return image(index)
    } each: { index, gradient in
      #expect(index == next)
      next += 1
      let alone = try ExplanationSession(of: network, on: image(index), for: .logit(2))
      #expect(gradient == (try alone.inputGradient(under: Doubling())))
    }
    #expect(next == count && made == count)
    #expect(heard.passes.withLock { $0.last?.passes } == (count == 0 ? nil : count))
    let sizes = model.sizes.withLock { $0 }
    // One size for all, so that there is one plan; of 50 in eights, fives leave no place empty.
    #expect(Set(sizes).count <= 1)
    if let size = sizes.first { #expect(size <= bytes / 1000 && sizes.count == (count + size - 1) / size) }
    if (count, bytes) == (50, 8000) { #expect(sizes == Array(repeating: 5, count: 10)) }
  }

  @Test func `the class chosen on the session's input is differentiated on every other`() throws {
    let session = try ExplanationSession(of: BatchedNetwork(network), on: network.sample, for: RankedLogit(rank: 1))
    let chosen = try #require(session.score.classIndex)
    let others = (1...60).map { Tensor.scattered([3, 4, 4], 0.1 * Float($0)) }
    let opposite = try #require(try others.first { try network.trace($0).logits.descendingOrder()[1] != chosen })
    let expected = try ExplanationSession(of: network, on: opposite, for: .logit(chosen)).inputGradient()
    try session.inputGradients(of: 2) { _ in
      opposite
    } each: {
      #expect($0 < 2 && $1 == expected)
    }
  }

  @Test func `each channel is removed in its turn, by the adapter where it can`() throws {
    let layer = network.layers[3]
    let session = try ExplanationSession(of: network, on: network.sample, for: .logit(0))
    let a = try session.activation(at: layer)
    let expected = try session.scores(of: layer.shape[0], replacing: layer) { a.removing(channel: $0) }
    #expect(try session.scores(removingChannelsOf: layer) == expected)
    let able = AblatingNetwork(base: network)
    let other = try ExplanationSession(
      of: able, on: network.sample, for: .logit(0), options: SessionOptions(memoryLimit: 4000))
    #expect(try other.scores(removingChannelsOf: layer) == expected.indices.map { Float($0) })
  }

  private final class Heard: Sendable {
    let passes = Mutex<[SessionOptions.Progress]>([])
  }
}

/// A network that takes a batch for each thousand bytes.
private final class BatchedNetwork: BatchModel, BatchGradientModel {
  let base: ChainNetwork
  let sizes = Mutex<[Int]>([])

  init(_ base: ChainNetwork) { self.base = base }

  var input: Layer { base.input }
  var layers: [Layer] { base.layers }
  var automaticLayer: AutomaticLayer? { base.automaticLayer }
  var outputs: [Output] { base.outputs }
  func differentiableTrace(_ inputs: [Tensor]) throws -> any DifferentiableTrace {
    try base.differentiableTrace(inputs)
  }
  func batchSize(within bytes: Int) -> Int { max(1, bytes / 1000) }
  func outputs(for batch: [Tensor]) throws -> [Tensor] {
    let images = batch[0]
    sizes.withLock { $0.append(images.shape[0]) }
    let rows = try (0..<images.shape[0]).map { try base.trace(images.channel($0)).logits }
    return [Tensor(rows.flatMap(\.scalars), shape: [images.shape[0], 4])]
  }
  func gradientBatchSize(within bytes: Int) -> Int { max(1, bytes / 1000) }
  func gradients(
    for batch: [Tensor], by input: Layer, under rule: any GradientRule, cotangents: ([Tensor]) throws -> Cotangents
  ) throws -> Tensor {
    let images = batch[0]
    sizes.withLock { $0.append(images.shape[0]) }
    let rows = try (0..<images.shape[0]).map { index in
      let trace = try base.differentiableTrace(images.channel(index))
      return try trace.pullback(cotangents(trace.outputs), to: input, under: rule)
    }
    return Tensor(rows.flatMap(\.scalars), shape: images.shape)
  }
}

/// Crosses rectifiers with twice their cotangent.
private struct Doubling: GradientRule {
  func crossing(_ step: Step) -> Crossing { step.activation == nil ? .derivative : .replaced { 2 * $0 } }
}

/// A network whose passes, asked to remove a channel, answer with its number.
private struct AblatingNetwork: ModelAdapter {
  let base: ChainNetwork

  struct Run: AblatableTrace {
    let base: any ResumableTrace
    var outputs: [Tensor] { base.outputs }
    func activation(at layer: Layer) throws -> Tensor { try base.activation(at: layer) }
    func outputs(replacing layer: Layer, with activations: Tensor) throws -> [Tensor] {
      try base.outputs(replacing: layer, with: activations)
    }
    func batchSize(after layer: Layer, within bytes: Int) throws -> Int { 1 }
    func outputs(removing channels: Range<Int>, of layer: Layer) throws -> [Tensor] {
      [Tensor(channels.flatMap { [Float($0), -1, -1, -1] }, shape: [channels.count, 4])]
    }
    func batchSize(removingChannelsOf layer: Layer, within bytes: Int) throws -> Int { bytes / 1000 }
  }

  var input: Layer { base.input }
  var layers: [Layer] { base.layers }
  var automaticLayer: AutomaticLayer? { base.automaticLayer }
  var outputs: [Output] { base.outputs }
  func trace(_ inputs: [Tensor]) throws -> any ForwardTrace {
    guard let trace = try base.trace(inputs) as? any ResumableTrace else { preconditionFailure("chains resume") }
    return Run(base: trace)
  }
}

/// A model of which nothing is known but its logits.
private struct BlackBox: ModelAdapter {
  let input = Layer("x", shape: [3], operatorName: "Input")
  let layers: [Layer] = []
  let automaticLayer: AutomaticLayer? = nil
  let outputs = [Output.classes(3)]

  struct Run: ForwardTrace {
    let outputs: [Tensor]
    func activation(at layer: Layer) throws -> Tensor { throw AttributionError.noSuchLayer(layer.name, nearest: []) }
  }

  func trace(_ inputs: [Tensor]) throws -> any ForwardTrace { Run(outputs: inputs) }
}

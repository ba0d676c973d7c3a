import AttributionKit
import Tensors
import TestSupport
import Testing

/// A chain whose linear layer has other weights for each seed; it counts how often they were drawn.
final class Redrawn: RandomizableModel, DifferentiableModel {
  let chain: ChainNetwork
  init(_ chain: ChainNetwork) { self.chain = chain }

  var input: Layer { chain.input }
  var outputs: [Output] { chain.outputs }
  var layers: [Layer] { chain.layers }
  var automaticLayer: AutomaticLayer? { chain.automaticLayer }
  var weightedLayers: [Layer] { chain.layers.filter { ["logits", "conv2", "conv1"].contains($0.name) }.reversed() }

  func differentiableTrace(_ inputs: [Tensor]) throws -> any DifferentiableTrace {
    try chain.differentiableTrace(inputs)
  }

  func randomized(_ layers: [Layer], seed: UInt64) throws -> any ModelAdapter {
    Redrawn(
      ChainNetwork(
        input: [3, 4, 4],
        [
          .convolution("conv1", kernels: .scattered([5, 3, 1, 1], 0.61803), bias: Tensor(repeating: 0, shape: [5])),
          .relu("relu1"),
          .convolution("conv2", kernels: .scattered([6, 5, 1, 1], 0.41421), bias: Tensor(repeating: 0, shape: [6])),
          .relu("relu2"), .globalAveragePool("pool"),
          .linear(
            "logits", weights: Tensor(gaussianNoise: [4, 6], seed: seed + UInt64(layers.count)),
            bias: Tensor(repeating: 0, shape: [4])),
        ]))
  }
}

@Suite struct RandomizedTests {
  let network = Redrawn(.tiny())

  func session() throws -> ExplanationSession {
    try ExplanationSession(of: network, on: network.chain.sample, for: .prediction)
  }

  @Test func `layers are named as for methods, from the output to the input`() throws {
    func names(_ text: String) throws -> [String] { try Randomization(text).layers(of: network).map(\.name) }
    #expect(try names("all") == ["logits", "conv2", "conv1"])
    #expect(try names("conv2") == ["conv2"])
    #expect(try names("conv[0]") == ["conv1"])
    #expect(try names("conv[-1]") == ["conv2"])
    #expect(try names("log*") == ["logits"])
    #expect(try names("cascade:conv2") == ["logits", "conv2"])
    #expect(try names("cascade:conv1") == names("all"))
    #expect(throws: AttributionError.self) { try names("conv*") }
    #expect { try names("relu1") } throws: { "\($0)".contains("no layer 'relu1' has weights") }
    for text in ["all", "conv2", "cascade:conv2"] { #expect(Randomization(text).description == text) }
  }

  @Test func `a method is run on the other network, for the class of the first`() throws {
    let session = try session()
    let twin = try ExplanationSession(
      of: network.randomized(Randomization.all.layers(of: network), seed: 5), on: session.input,
      for: .logit(session.score.classIndex ?? -1))
    let randomized = try Randomized(Slope(), seed: 5).attribution(in: session)
    #expect(try randomized.values == Slope().attribution(in: twin).values)
    #expect(try randomized.values != Slope().attribution(in: session).values)
    #expect(randomized.remarks.contains { $0.contains("3 layers are drawn anew: the score is \(twin.score.value)") })
    #expect(try Randomized(Slope(), seed: 5).attribution(in: session).values == randomized.values)
    #expect(try Randomized(Slope(), seed: 6).attribution(in: session).values != randomized.values)
  }

  @Test func `methods share the session on one network, and few are kept`() throws {
    let session = try session()
    let first = try session.randomized(.layer("conv2"))
    #expect(try session.randomized(.layer("conv[-1]")) === first)
    for seed: UInt64 in 1...4 { _ = try session.randomized(.layer("conv2"), seed: seed) }
    #expect(try session.randomized(.layer("conv2")) !== first)
  }

  @Test func `a network whose adapter cannot is told of`() throws {
    let network = ChainNetwork.tiny()
    let session = try ExplanationSession(of: network, on: network.sample, for: .prediction)
    #expect(throws: AttributionError.cannotRandomize) { try Randomized(Slope()).attribution(in: session) }
  }

  @Test func `it takes a forward pass and the method's walks`() {
    #expect(Randomized(Slope()).cost(on: network) == .forward() + .backward())
  }
}

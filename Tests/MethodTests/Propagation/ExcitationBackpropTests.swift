import AttributionKit
import ExcitationBackpropMethod
import GraphAdapter
import Tensors
import Testing

@Suite struct ExcitationBackpropTests {
  @Test func `it has zennit's numbers, without biases`() throws {
    let reference = try PropagationReference.load()
    let session = try ExplanationSession(
      of: reference.convolutional.convolutionalModel(), on: PropagationReference.image,
      for: .logit(PropagationReference.target))
    let expected = try #require(reference.zennit["excitation-backprop"])
    try expectClose(ExcitationBackprop(targetLayer: .matching("pool")).attribution(in: session).values, expected.pooled)
    let pixels = try session.inputGradient(under: ExcitationBackprop().rules(over: session.steps))
    try expectClose(pixels, expected.pixels)
  }

  let network = TwoLayers(bias: [0.3, 0.1, 0.05])

  private func session(for target: any Target = .logit(1)) throws -> ExplanationSession {
    try ExplanationSession(of: network.model(), on: network.image, for: target)
  }

  /// Sections 3.1 and 3.2 from a class over its weights to the mean, and from the mean to its places.
  private func probabilities(_ weights: [Float]) -> [Float] {
    let hidden = network.hidden, mean = hidden.map { $0.reduce(0, +) / 4 }
    let excited = zip(weights, mean).map { max(0, $0) * $1 }, sum = excited.reduce(0, +)
    return (0..<4).map { p in
      (0..<3).reduce(0) { $0 + (mean[$1] > 0 ? excited[$1] / sum * hidden[$1][p] / (4 * mean[$1]) : 0) }
    }
  }

  @Test func `the map is the equations written out`() throws {
    let map = try ExcitationBackprop(targetLayer: .matching("relu")).attribution(in: session())
    try expectClose(map.values, probabilities(network.head[1]))
    #expect(abs(map.values.scalars.reduce(0, +) - 1) < 1e-4, "it is a probability")
  }

  /// Section 3.3: the dual unit has the class's weights negated.
  @Test func `the contrastive form takes away what excites the opposite`() throws {
    let map = try ExcitationBackprop(targetLayer: .matching("relu"), isContrastive: true).attribution(in: session())
    let dual = probabilities(network.head[1].map { -$0 })
    try expectClose(map.values, zip(probabilities(network.head[1]), dual).map { $0 - $1 })
    #expect(abs(map.values.scalars.reduce(0, +)) < 1e-4, "two probabilities")
    #expect(map.values.scalars.contains { $0 < 0 } && map.values.scalars.contains { $0 > 0 })
  }

  @Test func `what nothing excites is nowhere`() throws {
    let network = TwoLayers(bias: [-9, -9, -9])
    let session = try ExplanationSession(of: network.model(), on: network.image, for: .logit(1))
    #expect(try ExcitationBackprop().attribution(in: session).status == .zeroGradient)
  }
}

import AttributionKit
import RelevanceCAMMethod
import Tensors
import TestSupport
import Testing

@Suite struct RelevanceCAMTests {
  @Test(arguments: [("relu1", "a1", 3), ("relu2", "a2", 4)]) func `weights agree with zennit's`(
    name: String, layer: String, channels: Int
  ) throws {
    let network = ChainNetwork.closed()
    let weights = try RelevanceCAM().channelWeights(of: network.layer(name), in: referenceSession(network))
    #expect(weights.distance(to: reference("relevance-cam weights \(layer)", [channels])) < 1e-4)
  }

  /// On the last layer, where relevance crosses one linear step: `x ⊙ W⁺ᵀ(R / W⁺x)`, since no input is negative.
  @Test func `weights are z-plus relevance, written out`() throws {
    let network = ChainNetwork.closed(), session = try referenceSession(network), layer = try network.layer("relu2")
    let x = try session.activation(at: layer).scalars.map(Double.init), y = Double(session.score.value)
    let w = Tensor.scattered([3, 64], 0.73205).scalars.map { max(0, Double($0)) }
    var expected = [Double](repeating: 0, count: 4)
    for j in 0..<3 {
      let relevance = j == 1 ? y : -y / 2, z = (0..<64).reduce(0.0) { $0 + w[j * 64 + $1] * x[$1] }
      for i in 0..<64 { expected[i / 16] += x[i] * w[j * 64 + i] * relevance / z }
    }
    let weights = try RelevanceCAM().channelWeights(of: layer, in: session).scalars
    for k in 0..<4 { #expect(abs(Double(weights[k]) - expected[k]) < 1e-4) }
  }

  /// What the class gets the others pay: without biases all of it is conserved.
  @Test(arguments: ["relu1", "relu2"]) func `the weights add up to nothing`(name: String) throws {
    let network = ChainNetwork.closed(), session = try referenceSession(network)
    let weights = try RelevanceCAM().channelWeights(of: network.layer(name), in: session)
    #expect(abs(weights.scalars.reduce(0, +)) < 1e-4 * abs(session.score.value))
    #expect(weights.magnitudes().scalars.max()! > 0.01)
  }

  @Test func `a score of zero has no relevance, and one about no class is refused`() throws {
    struct Sum: Target {
      func score(of outputs: Outputs) throws -> Score {
        Score(value: outputs.logits.scalars.reduce(0, +), cotangent: outputs.logits.map { _ in 1 })
      }
    }
    let network = ChainNetwork.closed()
    #expect(throws: AttributionError.notAboutAClass) {
      try RelevanceCAM().attribution(in: session(of: network, for: Sum()))
    }
    let dark = ChainNetwork(
      input: [2, 2, 2],
      [.relu("relu"), .linear("logits", weights: .scattered([2, 8], 0.3), bias: Tensor([0, 0], shape: [2]))])
    let nothing = try ExplanationSession(of: dark, on: Tensor(repeating: 0, shape: [2, 2, 2]), for: .logit(0))
    #expect(try RelevanceCAM().attribution(in: nothing).status == .zeroGradient)
  }
}

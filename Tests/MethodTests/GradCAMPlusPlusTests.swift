import AttributionKit
import GradCAMPlusPlusMethod
import Tensors
import TestSupport
import Testing

@Suite struct GradCAMPlusPlusTests {
  /// Written out as printed, in double; `conv2` has channels whose sum is negative.
  @Test(arguments: ["relu2", "conv2", "relu1"]) func `weights are equations 7 and 19`(name: String) throws {
    let network = ChainNetwork.tiny(), session = try session(of: network), layer = try network.layer(name)
    let (gradient, a) = (try session.gradient(at: layer), try session.activation(at: layer))
    let weights = try GradCAMPlusPlus().channelWeights(of: layer, in: session)
    for k in 0..<layer.shape[0] {
      let mass = a.scalars[k * 16..<(k + 1) * 16].reduce(0.0) { $0 + Double($1) }
      var expected = 0.0
      for g in gradient.scalars[k * 16..<(k + 1) * 16].map(Double.init) where g != 0 {
        expected += g * g / (2 * g * g + mass * g * g * g) * max(0, g)
      }
      #expect(abs(Double(weights.scalars[k]) - expected) < 1e-5)
    }
    #expect(weights.scalars.contains { $0 > 0 })
  }

  @Test func `tiny gradients keep their weight, since no epsilon is added`() throws {
    struct Faint: Target {
      func score(of outputs: Outputs) -> Score {
        Score(value: 0, cotangent: 1e-12 * Tensor.oneHot(0, count: 4), classIndex: 0)
      }
    }
    let network = ChainNetwork.tiny(), session = try session(of: network, for: Faint())
    let layer = try network.layer("relu2")
    let weights = try GradCAMPlusPlus().channelWeights(of: layer, in: session)
    let halved = 0.5 * (try session.gradient(at: layer).rectified().spatialSum())
    #expect(halved.scalars.contains { $0 > 0 })
    for (a, b) in zip(weights.scalars, halved.scalars) { #expect(abs(a - b) <= 1e-5 * b) }
  }

  /// Two channels of one pixel pair: g = 1 and ΣA = −2 make the first denominator zero.
  @Test func `a denominator of zero has no weight`() throws {
    let network = ChainNetwork(
      input: [2, 1, 2],
      [.linear("logits", weights: Tensor([1, 1, 1, 1], shape: [1, 4]), bias: Tensor([0], shape: [1]))])
    let input = Tensor([-1, -1, 2, 4], shape: [2, 1, 2])
    let session = try ExplanationSession(of: network, on: input, for: .logit(0))
    let weights = try GradCAMPlusPlus().channelWeights(of: network.input, in: session)
    #expect(weights.scalars[0] == 0)
    #expect(abs(weights.scalars[1] - 2.0 / 8.0) < 1e-6)
  }
}

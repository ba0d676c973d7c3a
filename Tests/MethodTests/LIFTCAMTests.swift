import AttributionKit
import LIFTCAMMethod
import Tensors
import TestSupport
import Testing

@Suite struct LIFTCAMTests {
  @Test func `weights agree with captum's DeepLIFT`() throws {
    let network = ChainNetwork.closed()
    let weights = try LIFTCAM().channelWeights(of: network.layer("relu1"), in: referenceSession(network))
    #expect(weights.distance(to: reference("lift-cam weights", [3])) < 1e-4)
  }

  /// What the rescale rule is for: nothing of the difference of scores is lost.
  @Test(arguments: [
    (ChainNetwork.closed(), "relu1"), (ChainNetwork.smooth(), "silu1"), (ChainNetwork.smooth(), "conv2"),
    (ChainNetwork.pooled(), "relu2"),
  ])
  func `the weights add up to what the layer adds to the score`(network: ChainNetwork, name: String) throws {
    let session = try referenceSession(network), layer = try network.layer(name)
    let empty = try session.scores(of: 1, replacing: layer) { _ in Tensor(repeating: 0, shape: layer.shape) }[0]
    let sum = try LIFTCAM().channelWeights(of: layer, in: session).scalars.reduce(0, +)
    #expect(abs(sum - (session.score.value - empty)) < 1e-3)
    #expect(try LIFTCAM(targetLayer: .matching(name)).attribution(in: session).remarks.isEmpty)
  }

  /// On an affine rest there are no interactions: each channel's share is what the score loses without it.
  @Test func `on a linear head the weights are Shapley values`() throws {
    let network = ChainNetwork.closed(), session = try referenceSession(network), layer = try network.layer("relu2")
    let lost = try session.scores(removingChannelsOf: layer).map { session.score.value - $0 }
    #expect(try LIFTCAM().channelWeights(of: layer, in: session).distance(to: Tensor(lost, shape: [4])) < 1e-4)
  }

  @Test func `without activations there is nothing to share out`() throws {
    let dark = ChainNetwork(
      input: [2, 2, 2],
      [.relu("relu"), .linear("logits", weights: .scattered([2, 8], 0.3), bias: Tensor([1, 0], shape: [2]))])
    let nothing = try ExplanationSession(of: dark, on: Tensor(repeating: 0, shape: [2, 2, 2]), for: .logit(0))
    #expect(try LIFTCAM().attribution(in: nothing).status == .zeroGradient)
  }
}

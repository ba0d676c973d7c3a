import AttributionKit
import LayerCAMMethod
import Tensors
import TestSupport
import Testing

@Suite struct LayerCAMTests {
  let network = ChainNetwork.tiny()

  @Test(arguments: ["relu1", "conv2", "relu2"]) func `the map is equations 5 and 6 without the ReLU`(
    name: String
  ) throws {
    let session = try session(of: network), layer = try network.layer(name)
    let (g, a) = (try session.gradient(at: layer).scalars, try session.activation(at: layer).scalars)
    let map = try LayerCAM(targetLayer: .matching(name)).attribution(in: session)
    #expect(map.layer == layer)
    for p in 0..<16 {
      var expected = 0.0
      for k in 0..<layer.shape[0] where g[k * 16 + p] > 0 { expected += Double(g[k * 16 + p]) * Double(a[k * 16 + p]) }
      #expect(abs(Double(map.values.scalars[p]) - expected) < 1e-5)
    }
    #expect(g.contains { $0 < 0 } && g.contains { $0 > 0 }, "both signs are there to be told apart")
  }

  /// With a pooled linear head the gradient is the same at every place of a channel, its weight over the area.
  @Test func `after a rectifier, on a pooled linear head, it is CAM with the positive weights`() throws {
    for target in 0..<4 {
      let session = try session(of: network, for: .logit(target)), layer = try network.layer("relu2")
      let weights = try network.pooledLinearWeights(of: session.score.cotangents, after: layer)
      let cam = try session.activation(at: layer).channelSum(weighedBy: weights.rectified())
      #expect(try (16 * LayerCAM().attribution(in: session).values).distance(to: cam) < 1e-4)
    }
  }

  @Test func `where nothing raises the score there is nothing to see`() throws {
    let network = ChainNetwork(
      input: [2, 2, 2],
      [
        .relu("relu"), .linear("logits", weights: Tensor(repeating: -1, shape: [1, 8]), bias: Tensor([3], shape: [1])),
      ])
    let session = try ExplanationSession(of: network, on: Tensor(repeating: 1, shape: [2, 2, 2]), for: .logit(0))
    #expect(try LayerCAM().attribution(in: session).status == .zeroGradient)
    let against = try LayerCAM().attribution(in: session.retargeted(to: Opposite(of: .logit(0))))
    #expect(against.values == Tensor(repeating: 2, shape: [2, 2]))
  }

  @Test func `on several layers it walks back once, however they are ordered`() throws {
    for layers in [["relu1", "conv2", "relu2"], ["relu2", "relu1", "conv2"]] {
      let session = try session(of: network)
      _ = try Layers(layers.map(TargetLayer.matching)) { LayerCAM(targetLayer: $0) }.attribution(in: session)
      #expect(session.backwardPasses == 1)
    }
  }
}

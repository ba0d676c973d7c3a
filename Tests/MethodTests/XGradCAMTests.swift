import AttributionKit
import ElementWiseCAMMethod
import GradCAMMethod
import HiResCAMMethod
import LayerCAMMethod
import Tensors
import TestSupport
import Testing
import XGradCAMMethod

@Suite struct XGradCAMTests {
  @Test func `the networks are those of the references`() throws {
    #expect(try referenceSession().logits.distance(to: reference("logits", [3])) < 1e-4)
    #expect(try referenceSession(.smooth()).logits.distance(to: reference("smooth logits", [3])) < 1e-4)
  }

  @Test func `the map agrees with pytorch-grad-cam's`() throws {
    let map = try XGradCAM().attribution(in: referenceSession()).values
    #expect(map.distance(to: reference("xgrad-cam", [4, 4])) < 1e-4)
  }

  @Test func `weights are the shares of the activation times the gradients`() throws {
    let network = ChainNetwork.closed(), session = try referenceSession(network), layer = try network.layer("conv2")
    let (a, g) = (try session.activation(at: layer).scalars, try session.gradient(at: layer).scalars)
    let weights = try XGradCAM().channelWeights(of: layer, in: session).scalars
    for k in 0..<4 {
      let sum = (0..<16).reduce(0.0) { $0 + Double(a[k * 16 + $1]) }
      let expected = (0..<16).reduce(0.0) { $0 + Double(a[k * 16 + $1]) / sum * Double(g[k * 16 + $1]) }
      #expect(abs(Double(weights[k]) - expected) < 1e-4 * max(1, abs(expected)))
    }
  }

  /// Sensitivity and conservation leave no other choice where the gradient is the same at every place.
  @Test func `on a pooled linear head it is Grad-CAM`() throws {
    let session = try session(of: .tiny())
    let gradCAM = try GradCAM().attribution(in: session).values
    #expect(try XGradCAM().attribution(in: session).values.distance(to: gradCAM) < 1e-5)
  }

  @Test func `a channel whose activations cancel out has no weight`() throws {
    let network = ChainNetwork(
      input: [2, 2, 2], [.linear("logits", weights: .scattered([1, 8], 0.3), bias: Tensor([0], shape: [1]))])
    let x = Tensor([1, -1, 2, -2, 1, 2, 3, 4], shape: [2, 2, 2])
    let session = try ExplanationSession(of: network, on: x, for: .logit(0))
    let weights = try XGradCAM().channelWeights(of: network.input, in: session).scalars
    #expect(weights[0] == 0 && weights[1] != 0)
  }
}

@Suite struct ElementWiseCAMTests {
  @Test func `the map agrees with pytorch-grad-cam's`() throws {
    let map = try ElementWiseCAM().attribution(in: referenceSession()).values
    #expect(map.distance(to: reference("elementwise-cam", [4, 4])) < 1e-4)
  }

  @Test(arguments: ["relu1", "conv2", "relu2"]) func `each channel counts where it speaks for the score`(
    name: String
  ) throws {
    let network = ChainNetwork.closed(), session = try referenceSession(network), layer = try network.layer(name)
    let (a, g) = (try session.activation(at: layer).scalars, try session.gradient(at: layer).scalars)
    let map = try ElementWiseCAM(targetLayer: .matching(name)).attribution(in: session).values.scalars
    for p in map.indices {
      let expected = (0..<layer.shape[0]).reduce(0.0) {
        $0 + max(0, Double(a[$1 * map.count + p]) * Double(g[$1 * map.count + p]))
      }
      #expect(abs(Double(map[p]) - expected) < 1e-4)
    }
  }

  @Test func `after a rectifier it is Layer-CAM, and on no layer less than HiResCAM`() throws {
    let session = try referenceSession()
    let map = try ElementWiseCAM().attribution(in: session).values
    #expect(try map.distance(to: LayerCAM().attribution(in: session).values) < 1e-5)
    let before = TargetLayer.matching("conv2")
    let pairs = zip(
      try ElementWiseCAM(targetLayer: before).attribution(in: session).values.scalars,
      try HiResCAM(targetLayer: before).attribution(in: session).values.scalars)
    #expect(pairs.allSatisfy { $0 >= $1 - 1e-5 })
    #expect(pairs.contains { $0 > $1 + 1e-2 }, "channels there do contradict each other")
  }
}

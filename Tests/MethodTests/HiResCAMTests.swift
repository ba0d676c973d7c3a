import AttributionKit
import CAMMethod
import GradCAMMethod
import HiResCAMMethod
import Tensors
import TestSupport
import Testing

@Suite struct HiResCAMTests {
  let network = ChainNetwork.tiny()

  @Test(arguments: ["relu1", "conv2", "relu2"]) func `each place is the sum of its gradients times its activations`(
    name: String
  ) throws {
    let session = try session(of: network), layer = try network.layer(name)
    let (g, a) = (try session.gradient(at: layer).scalars, try session.activation(at: layer).scalars)
    let map = try HiResCAM(targetLayer: .matching(name)).attribution(in: session)
    #expect(map.layer == layer)
    for p in 0..<16 {
      let expected = (0..<layer.shape[0]).reduce(0.0) { $0 + Double(g[$1 * 16 + p]) * Double(a[$1 * 16 + p]) }
      #expect(abs(Double(map.values.scalars[p]) - expected) < 1e-5)
    }
  }

  /// 3×3 convolution → ReLU → linear over all its places.
  private func flat(bias: Tensor) -> ChainNetwork {
    ChainNetwork(
      input: [2, 4, 4],
      [
        .convolution("conv", kernels: .scattered([3, 2, 3, 3], 0.61803), bias: .scattered([3], 0.3)), .relu("relu"),
        .linear("logits", weights: .scattered([3, 48], 0.73205), bias: bias),
      ])
  }

  /// What Draelos and Carin prove: with one linear layer after the activation, the map tells the whole of the score.
  @Test func `the map and the bias add up to the logit`() throws {
    let bias = Tensor([0.5, -2, 0.25], shape: [3]), network = flat(bias: bias)
    for target in 0..<3 {
      let session = try session(of: network, for: .logit(target))
      let sum = try HiResCAM().attribution(in: session).values.scalars.reduce(0, +)
      #expect(abs(sum + bias.scalars[target] - session.score.value) < 1e-4)
      let gradCAM = try GradCAM().attribution(in: session).values.scalars.reduce(0, +)
      #expect(abs(gradCAM - sum) > 1e-2, "which Grad-CAM's mean gradients do not")
    }
  }

  /// With a pooled linear head all three are one.
  @Test func `on a pooled linear head it is Grad-CAM and, up to the area, CAM`() throws {
    let session = try session(of: network)
    let map = try HiResCAM().attribution(in: session).values
    #expect(try map.distance(to: GradCAM().attribution(in: session).values) < 1e-5)
    #expect(try (16 * map).distance(to: CAM().attribution(in: session).values) < 1e-4)
  }

  @Test func `without activations there is nothing to see`() throws {
    let network = flat(bias: Tensor([1, 1, 1], shape: [3]))
    let dark = try ExplanationSession(of: network, on: Tensor(repeating: 0, shape: [2, 4, 4]), for: .logit(0))
    #expect(try HiResCAM(targetLayer: .matching("input")).attribution(in: dark).status == .zeroGradient)
  }

  @Test func `on several layers it walks back once, also beside others`() throws {
    let session = try session(of: network)
    let methods = ["relu1", "relu2", "conv2"].map {
      HiResCAM(targetLayer: .matching($0))
    }
    _ = try Mean(methods + [GradCAM(targetLayer: .matching("conv1"))]).attribution(in: session)
    #expect(session.backwardPasses == 1)
  }
}

import AttributionKit
import GradCAMMethod
import ShapleyCAMMethod
import Tensors
import TestSupport
import Testing

@Suite struct ShapleyCAMTests {
  /// pytorch-grad-cam differentiates twice; here are differences of gradients, to 1e-4 of the gradient's weights.
  @Test func `weights agree with automatic differentiation's Hessian`() throws {
    let network = ChainNetwork.smooth(), session = try referenceSession(network), layer = try network.layer("silu1")
    let expected = reference("shapley-cam weights", [3]), plain = reference("grad-cam weights", [3])
    let weights = try ShapleyCAM().channelWeights(of: layer, in: session)
    #expect(weights.distance(to: expected) < 1e-4 * plain.magnitudes().scalars.max()!)
    #expect(expected.distance(to: plain) > 1e-3, "the Hessian makes a difference there")
    #expect(try ShapleyCAM(targetLayer: .matching("silu1")).attribution(in: session).remarks.isEmpty)
  }

  /// For a score of second degree the expansion is exact: here the probability's logit is replaced by a square.
  @Test func `for a square of the logit it is the closed form`() throws {
    struct Square: Target {
      func score(of outputs: Outputs) throws -> Score {
        let z = outputs.logits.scalars[1]
        return Score(
          value: z * z, cotangent: 2 * z * Tensor.oneHot(1, count: outputs.logits.scalars.count), classIndex: 1)
      }
    }
    // With y = (w·A + b)², g = 2(w·A + b)w and H A = 2 (w·A) w, so that g − ½HA = (w·A + 2b) w.
    let network = ChainNetwork.closed(), layer = try network.layer("relu2")
    let linear = try referenceSession(network), w = try linear.gradient(at: layer)
    let b = Tensor.scattered([3], 0.9).scalars[1], along = linear.score.value - b
    let expected = (along + 2 * b) * w.spatialMean()
    let weights = try ShapleyCAM().channelWeights(of: layer, in: session(of: network, for: Square()))
    #expect(weights.distance(to: expected) < 1e-3 * expected.magnitudes().scalars.max()!)
  }

  /// Rectifiers have no second derivative; that a finite step bends some of them must not show.
  @Test(arguments: ["relu1", "conv2", "relu2"]) func `on a network of rectifiers it is Grad-CAM`(name: String) throws {
    let session = try referenceSession(), layer = TargetLayer.matching(name)
    let gradCAM = try GradCAM(targetLayer: layer).attribution(in: session).values
    let map = try ShapleyCAM(targetLayer: layer).attribution(in: session).values
    #expect(map.distance(to: gradCAM) < 1e-4 * gradCAM.magnitudes().scalars.max()!)
  }

  @Test func `an error that shows is told`() throws {
    /// So steep a function of the logit that a step of an eighth is far, though not out of sight of the slope.
    struct Steep: Target {
      func score(of outputs: Outputs) throws -> Score {
        let z = outputs.logits.scalars[1], s = Tensor([8 * (z + 7.6)], shape: [1]).sigmoid().scalars[0]
        return Score(
          value: s, cotangent: 8 * s * (1 - s) * Tensor.oneHot(1, count: outputs.logits.scalars.count), classIndex: 1)
      }
    }
    let map = try ShapleyCAM().attribution(in: session(of: .closed(), for: Steep()))
    #expect(map.remarks.first?.hasPrefix("the weights are known to ") == true)
  }

  @Test func `it shares the walk back, and runs the rest of the network four times`() throws {
    let network = ChainNetwork.closed(), session = try referenceSession(network)
    _ = try ShapleyCAM().attribution(in: session)
    #expect(session.backwardPasses == 1 && network.forwardPasses == 1)
    #expect(ShapleyCAM().cost(on: network).resumed == 12)
  }
}

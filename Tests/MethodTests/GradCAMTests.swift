import AttributionKit
import CAMMethod
import GradCAMMethod
import Tensors
import TestSupport
import Testing

@Suite struct GradCAMTests {
  let network = ChainNetwork.tiny()

  @Test(arguments: ["relu1", "conv2", "relu2"]) func `the map is equations 1 and 2 without the ReLU`(
    name: String
  ) throws {
    let session = try session(of: network), layer = try network.layer(name)
    let (g, a) = (try session.gradient(at: layer), try session.activation(at: layer))
    let map = try GradCAM(targetLayer: .matching(name)).attribution(in: session).values
    for p in 0..<16 {
      let expected = (0..<layer.shape[0]).reduce(Float(0)) { sum, k in
        sum + (0..<16).reduce(0) { $0 + g.scalars[k * 16 + $1] } / 16 * a.scalars[k * 16 + p]
      }
      #expect(abs(map.scalars[p] - expected) < 1e-5)
    }
  }

  /// Selvaraju et al., section 3.1: on a pooled linear head the two coincide up to the area.
  @Test func `Grad-CAM generalises CAM`() throws {
    var signs = (positive: false, negative: false)
    for target in 0..<4 {
      let session = try session(of: network, for: .logit(target))
      let (cam, gradCAM) = (try CAM().attribution(in: session).values, try GradCAM().attribution(in: session).values)
      #expect(cam.distance(to: 16 * gradCAM) < 1e-4)
      signs.positive = signs.positive || cam.scalars.contains { $0 > 0 }
      signs.negative = signs.negative || cam.scalars.contains { $0 < 0 }
    }
    #expect(signs.positive && signs.negative, "maps are signed")
  }

  @Test func `the counterfactual map explains the negated score`() throws {
    struct NegatedLogit: Target {
      func score(of outputs: Outputs) throws -> Score {
        let score = try ClassLogit(index: 1).score(of: outputs)
        return Score(value: -score.value, cotangent: -score.cotangent, classIndex: 1)
      }
    }
    let counterfactual = try GradCAM(counterfactual: true).attribution(in: session(of: network, for: .logit(1)))
    let negated = try GradCAM().attribution(in: session(of: network, for: NegatedLogit()))
    #expect(counterfactual.values == negated.values)
    #expect(counterfactual.range.upperBound > 0)
  }

  @Test func `a layer that the score ignores gives a map of zeros, and says so`() throws {
    struct Nothing: Target {
      func score(of outputs: Outputs) -> Score {
        Score(value: 0, cotangent: 0 * outputs.logits, classIndex: 0)
      }
    }
    #expect(try GradCAM().attribution(in: session(of: network, for: Nothing())).status == .zeroGradient)
  }
}

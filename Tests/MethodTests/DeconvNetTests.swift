import AttributionKit
import DeconvNetMethod
import Tensors
import TestSupport
import Testing

@Suite struct DeconvNetTests {
  /// The worked example of Springenberg et al., figure 1.
  @Test func `a rectifier passes positive cotangents whatever was active`() throws {
    let input = Tensor([1, -1, 5, 2, -5, -7, -3, 2, 4], shape: [1, 3, 3])
    let cotangent = Tensor([-2, 3, -1, 6, -3, 1, 2, -1, 3], shape: [1, 3, 3])
    #expect(try pulled(cotangent, at: input, under: .deconvNet).scalars == [0, 3, 0, 6, 0, 1, 2, 0, 3])
  }

  /// Without pooling, nothing on the way back depends on the picture.
  @Test func `a network without pooling windows gives every picture the same map`() throws {
    let network = ChainNetwork.tiny()
    let one = try ExplanationSession(of: network, on: .ramp([3, 4, 4]), for: .logit(0))
    let other = try ExplanationSession(of: network, on: .ramp([3, 4, 4], phase: 0.9), for: .logit(0))
    let map = try DeconvNet().attribution(in: one)
    #expect(try map.values == DeconvNet().attribution(in: other).values)
    #expect(map.status == .uniform)
    #expect(map.coverage?.crossed == 2)
  }

  @Test func `a network without rectifiers is refused`() throws {
    let smooth = ChainNetwork.tiny(activation: ChainStep.silu)
    #expect(throws: AttributionError.nothingToGuide(method: "deconvnet", activations: 2)) {
      try DeconvNet().attribution(in: session(of: smooth))
    }
  }
}

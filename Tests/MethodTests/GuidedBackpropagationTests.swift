import AttributionKit
import GuidedBackpropagationMethod
import Tensors
import TestSupport
import Testing

@Suite struct GuidedBackpropagationTests {
  /// The worked example of Springenberg et al., figure 1.
  @Test func `a rectifier passes positive cotangents of positive inputs`() throws {
    let input = Tensor([1, -1, 5, 2, -5, -7, -3, 2, 4], shape: [1, 3, 3])
    let cotangent = Tensor([-2, 3, -1, 6, -3, 1, 2, -1, 3], shape: [1, 3, 3])
    #expect(try pulled(cotangent, at: input, under: .standard).scalars == [-2, 0, -1, 6, 0, 0, 0, -1, 3])
    #expect(
      try pulled(cotangent, at: input, under: GuidedRule(guiding: .rectifiers, among: [])).scalars
        == [0, 0, 0, 6, 0, 0, 0, 0, 3])
  }

  @Test func `the map is the chain of gated steps written out`() throws {
    let network = ChainNetwork.tiny(), session = try session(of: network, for: .logit(3))
    let r1 = try session.activation(at: network.layer("relu1"))
    let r2 = try session.activation(at: network.layer("relu2"))
    let first = Tensor.scattered([5, 3], 0.61803), second = Tensor.scattered([6, 5], 0.41421)
    let head = Tensor.scattered([4, 6], 0.73205)
    let map = try GuidedBackpropagation().attribution(in: session)
    for p in 0..<16 {
      let v2 = (0..<6).map { r2.scalars[$0 * 16 + p] > 0 ? max(0, head.scalars[3 * 6 + $0] / 16) : 0 }
      let v1 = (0..<5).map { i in
        let v = (0..<6).reduce(Float(0)) { $0 + second.scalars[$1 * 5 + i] * v2[$1] }
        return r1.scalars[i * 16 + p] > 0 ? max(0, v) : 0
      }
      for c in 0..<3 {
        let expected = (0..<5).reduce(Float(0)) { $0 + first.scalars[$1 * 3 + c] * v1[$1] }
        #expect(abs(map.values.scalars[c * 16 + p] - expected) < 1e-6)
      }
    }
    #expect(map.coverage?.crossed == 2 && map.coverage?.activations == 2)
    #expect(try map.values != session.inputGradient())
  }

  @Test func `where nothing is a rectifier every activation is guided, through its own derivative`() throws {
    let network = ChainNetwork.tiny(activation: ChainStep.silu), session = try session(of: network)
    let map = try GuidedBackpropagation().attribution(in: session)
    #expect(map.coverage?.crossed == 2)
    #expect(try GuidedBackpropagation(activations: .all).attribution(in: session) == map)
    let above = try session.gradient(at: network.layer("relu2"))
    let rule = GuidedRule(guiding: .all, among: [])
    let x = try session.activation(at: network.layer("conv2"))
    let guided = try session.gradient(at: network.layer("conv2"), under: rule)
    #expect(guided.distance(to: above.rectified() * ChainStep.siluDerivative(at: x)) < 1e-6)
  }

  @Test func `beside rectifiers other activations keep their derivative unless all are asked for`() throws {
    let network = ChainNetwork(input: [2, 4, 4], [.relu("relu"), .silu("silu"), .globalAveragePool("logits")])
    let session = try session(of: network)
    #expect(try GuidedBackpropagation().attribution(in: session).coverage?.crossed == 1)
    #expect(try GuidedBackpropagation(activations: .rectifiers).attribution(in: session).coverage?.crossed == 1)
    #expect(try GuidedBackpropagation(activations: .all).attribution(in: session).coverage?.crossed == 2)
  }

  @Test func `the plain gradient under another name is an error`() throws {
    let smooth = ChainNetwork.tiny(activation: ChainStep.silu)
    #expect(throws: AttributionError.nothingToGuide(method: "guided-backprop", activations: 2)) {
      try GuidedBackpropagation(activations: .rectifiers).attribution(in: session(of: smooth))
    }
    let linear = ChainNetwork(input: [2, 4, 4], [.globalAveragePool("logits")])
    #expect(throws: AttributionError.nothingToGuide(method: "guided-backprop", activations: 0)) {
      try GuidedBackpropagation().attribution(in: session(of: linear))
    }
  }
}

/// The cotangent below a single ReLU.
func pulled(_ cotangent: Tensor, at input: Tensor, under rule: some GradientRule) throws -> Tensor {
  let network = ChainNetwork(input: input.shape, [.relu("relu")])
  return try network.differentiableTrace(input).pullback(Cotangents(cotangent), to: network.input, under: rule)
}

import AttributionKit
import Foundation
import ReLUBetaSmoothMethod
import Tensors
import TestSupport
import Testing

@Suite struct ReLUBetaSmoothTests {
  /// The first of the network's rectifiers is clipped at six.
  @Test func `it has zennit's numbers`() throws {
    let reference = try PropagationReference.load()
    let session = try ExplanationSession(
      of: reference.convolutional.convolutionalModel(), on: PropagationReference.image,
      for: .logit(PropagationReference.target))
    let expected = try #require(reference.zennit["relu-beta-smooth"])
    let attribution = try ReLUBetaSmooth(beta: 3).attribution(in: session)
    try expectClose(attribution.values, expected.pixels)
    #expect(attribution.coverage?.crossed == 5)
  }

  let network = ChainNetwork.tiny()

  @Test func `the map is the chain of softened steps written out`() throws {
    let session = try session(of: network, for: .logit(3)), beta: Float = 4
    let a1 = try session.activation(at: network.layer("conv1")), a2 = try session.activation(at: network.layer("conv2"))
    let first = Tensor.scattered([5, 3], 0.61803), second = Tensor.scattered([6, 5], 0.41421)
    let head = Tensor.scattered([4, 6], 0.73205)
    func sigma(_ x: Float) -> Float { 1 / (1 + exp(-beta * x)) }
    let map = try ReLUBetaSmooth(beta: beta).attribution(in: session).values
    for p in 0..<16 {
      let v2 = (0..<6).map { head.scalars[3 * 6 + $0] / 16 * sigma(a2.scalars[$0 * 16 + p]) }
      let v1 = (0..<5).map { i in
        (0..<6).reduce(Float(0)) { $0 + second.scalars[$1 * 5 + i] * v2[$1] } * sigma(a1.scalars[i * 16 + p])
      }
      for c in 0..<3 {
        let expected = (0..<5).reduce(Float(0)) { $0 + first.scalars[$1 * 3 + c] * v1[$1] }
        #expect(abs(map.scalars[c * 16 + p] - expected) < 1e-6)
      }
    }
  }

  /// Softplus tends to the rectifier as β grows.
  @Test func `for a large beta it is the gradient, for a small one half of the linear network's`() throws {
    let session = try session(of: network, for: .logit(3)), gradient = try session.inputGradient()
    let sharp = try ReLUBetaSmooth(beta: 1e7).attribution(in: session).values
    #expect(sharp.distance(to: gradient) < 1e-6)
    #expect(try ReLUBetaSmooth(beta: 10).attribution(in: session).values.distance(to: gradient) > 1e-3)
    let linear = ChainNetwork(input: [2, 4, 4], [.relu("relu"), .globalAveragePool("logits")])
    let one = try ExplanationSession(of: linear, on: linear.sample, for: .logit(0))
    let flat = try ReLUBetaSmooth(beta: 1e-7).attribution(in: one).values
    for index in 0..<32 { #expect(abs(flat.scalars[index] - (index < 16 ? 0.5 / 16 : 0)) < 1e-6) }
  }

  @Test func `the plain gradient under another name is an error`() throws {
    let smooth = ChainNetwork.tiny(activation: ChainStep.silu)
    #expect(throws: AttributionError.nothingToGuide(method: "relu-beta-smooth", activations: 2)) {
      try ReLUBetaSmooth().attribution(in: session(of: smooth))
    }
  }

  @Test(arguments: ["0", "-1", "inf", "much"]) func `a sharpness that makes no sense is refused`(beta: String) {
    #expect(throws: AttributionError.self) { try ReLUBetaSmooth.descriptor.method(["beta": beta]) }
  }
}

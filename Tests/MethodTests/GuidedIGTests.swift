import AttributionKit
import GuidedIGMethod
import Tensors
import TestSupport
import Testing

@Suite struct GuidedIGTests {
  let network = ChainNetwork.tiny(activation: ChainStep.silu)

  /// With no room beside the straight line the method is a left Riemann sum of equation 1 of integrated gradients.
  @Test func `bound to the straight line it is integrated gradients by a left sum`() throws {
    let session = try session(of: network, for: .logit(1))
    let x = session.input, x0 = try session.baseline(.mean), steps = 10
    var sum = [Double](repeating: 0, count: x.scalars.count)
    for step in 0..<steps {
      let point = x0 + Float(step) / Float(steps) * (x - x0)
      let gradient = try session.repeated(on: point).inputGradient()
      for i in sum.indices {
        sum[i] += Double(gradient.scalars[i]) * Double(x.scalars[i] - x0.scalars[i]) / Double(steps)
      }
    }
    let guided = try GuidedIG(steps: steps, deviation: 0, baseline: .mean).attribution(in: session).values
    #expect(guided.distance(to: Tensor(sum.map(Float.init), shape: x.shape)) < 1e-5)
  }

  /// A linear network has one gradient, so that the path does not matter.
  @Test(arguments: [0, 0.02, 1]) func `of a linear network it is the way gone times the gradient`(deviation: Float)
    throws
  {
    let linear = ChainNetwork(
      input: [3, 4, 4], [.linear("logits", weights: .scattered([2, 48], 0.61803), bias: Tensor([0, 0], shape: [2]))])
    let session = try session(of: linear, for: .logit(0))
    let guided = try GuidedIG(steps: 7, deviation: deviation, baseline: .noise).attribution(in: session)
    let expected = try (session.input - session.baseline(.noise)) * session.inputGradient()
    #expect(guided.values.distance(to: expected) < 1e-5)
  }

  @Test func `pixels with small gradients go first`() throws {
    // One scalar with a steep gradient, one with a flat one; half of the way is all of the flat one's.
    let network = ChainNetwork(
      input: [1, 1, 2],
      [
        ChainStep.linear("split", weights: Tensor([1, 0, 0, 10], shape: [2, 2]), bias: Tensor([0, 0], shape: [2])),
        ChainStep.silu("silu"),
        ChainStep.linear("logits", weights: Tensor([1, 1], shape: [1, 2]), bias: Tensor([0], shape: [1])),
      ])
    let asked = try ExplanationSession(of: network, on: Tensor([1, 1], shape: [1, 1, 2]), for: .logit(0))
    let two = try GuidedIG(steps: 2, fraction: 0, deviation: 1, baseline: .zero).attribution(in: asked).values
    // From (0, 0) the first moves alone: its gradient there is ½; then the second, from (1, 0): 10 · ½.
    #expect(abs(two.scalars[0] - 0.5) < 1e-5 && abs(two.scalars[1] - 5) < 1e-5)
  }

  @Test func `the values add up to the difference of the scores, with enough steps`() throws {
    let session = try session(of: network, for: .logit(0))
    let few = try #require(GuidedIG(steps: 5, baseline: .noise).attribution(in: session).completeness)
    let many = try #require(GuidedIG(steps: 500, baseline: .noise).attribution(in: session).completeness)
    #expect(abs(many.error) < 0.02 * max(1, abs(many.expected)) && abs(many.error) < abs(few.error))
  }

  @Test func `an input that is its own baseline has nothing to attribute`() throws {
    let still = try ExplanationSession(of: network, on: 0 * network.sample, for: .logit(0))
    #expect(try GuidedIG(baseline: .zero).attribution(in: still).status == .zeroGradient)
    #expect(throws: AttributionError.self) { try GuidedIG(steps: 0).attribution(in: still) }
  }
}

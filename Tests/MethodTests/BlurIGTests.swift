import AttributionKit
import BlurIGMethod
import Tensors
import TestSupport
import Testing

@Suite struct BlurIGTests {
  let network = ChainNetwork.tiny(side: 8, activation: ChainStep.silu)

  /// Equation 4 by a midpoint sum over the deviation itself, the derivative of the blur by a difference.
  @Test func `the values are equation 4`() throws {
    let session = try session(of: network, for: .logit(2)), x = session.input
    let (most, count) = (0.2 * 8.0, 400)
    var integral = [Double](repeating: 0, count: x.scalars.count)
    // Below this deviation the kernel is one pixel: the picture is itself.
    let least = 0.05
    for step in 0..<count {
      let width = (most - least) / Double(count), deviation = least + (Double(step) + 0.5) * width
      let gradient = try session.repeated(on: x.blurred(deviation: Float(deviation))).inputGradient()
      let near = x.blurred(deviation: Float(deviation - width / 2))
      let far = x.blurred(deviation: Float(deviation + width / 2))
      for i in integral.indices {
        integral[i] += Double(gradient.scalars[i]) * Double(near.scalars[i] - far.scalars[i])
      }
    }
    let values = try BlurIG(steps: 200).attribution(in: session).values
    let size = values.magnitudes().scalars.max()!
    for i in integral.indices { #expect(abs(Double(values.scalars[i]) - integral[i]) < 0.01 * Double(size)) }
  }

  @Test func `the values add up to the score's rise from the most blurred picture`() throws {
    for target in 0..<4 {
      let session = try session(of: network, for: .logit(target))
      let completeness = try #require(BlurIG().attribution(in: session).completeness)
      let blurred = try network.trace(network.sample.blurred(deviation: 1.6)).logits.scalars[target]
      #expect(abs(completeness.expected - (session.score.value - blurred)) < 1e-6)
      #expect(abs(completeness.error) < 2e-3 * max(1, abs(completeness.expected)))
    }
  }

  @Test func `a picture that blurring does not change has nothing to attribute`() throws {
    let flat = try ExplanationSession(of: network, on: network.sample.map { _ in 0.5 }, for: .logit(0))
    let attribution = try BlurIG().attribution(in: flat)
    #expect(attribution.values.magnitudes().scalars.max()! < 1e-5)
    #expect(throws: AttributionError.self) { try BlurIG(steps: 0).attribution(in: flat) }
  }
}

import AttributionKit
import GradientMethod
import InputXGradientMethod
import Tensors
import TestSupport
import Testing

@Suite struct GradientTests {
  let network = ChainNetwork.tiny()

  @Test func `the gradient is the slope of the score at each pixel`() throws {
    let map = try Gradient().attribution(in: session(of: network, for: .logit(1)))
    #expect(map.layer == network.input)
    let step: Float = 2e-3
    for i in map.values.scalars.indices {
      var (up, down) = (network.sample, network.sample)
      up[i] += step
      down[i] -= step
      let slope = try (network.trace(up).logits.scalars[1] - network.trace(down).logits.scalars[1]) / (2 * step)
      #expect(abs(slope - map.values.scalars[i]) < 2e-3)
    }
  }

  /// A network of ReLUs without biases is homogeneous of degree one: Euler's theorem.
  @Test func `input times gradient adds up to the logit of a network without biases`() throws {
    for target in 0..<4 {
      let session = try session(of: network, for: .logit(target))
      let map = try InputXGradient().attribution(in: session).values
      #expect(abs(map.scalars.reduce(0, +) - session.score.value) < 1e-5)
      let gradient = try Gradient().attribution(in: session).values
      for i in map.scalars.indices { #expect(map.scalars[i] == network.sample.scalars[i] * gradient.scalars[i]) }
    }
  }

  @Test func `a black input contributes nothing`() throws {
    let black = Tensor(repeating: 0, shape: network.input.shape)
    let session = try ExplanationSession(of: network, on: black, for: .prediction)
    #expect(try InputXGradient().attribution(in: session).status == .zeroGradient)
  }
}

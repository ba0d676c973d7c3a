import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct ExplanationSessionTests {
  let network = ChainNetwork.tiny()

  @Test func `gradients are computed once`() throws {
    let session = try ExplanationSession(of: network, on: network.sample, for: .prediction)
    let deep = try session.gradient(at: network.layers[4]), input = try session.inputGradient()
    // The trace itself keeps only where its walk back has come to: the deep layer would cost another one.
    #expect(try session.gradient(at: network.layers[4]) == deep)
    #expect(try session.inputGradient() == input)
    #expect(network.forwardPasses == 1)
    #expect(session.backwardPasses == 1)
  }

  @Test func `layers asked for from deep to shallow share one walk back`() throws {
    let session = try ExplanationSession(of: network, on: network.sample, for: .prediction)
    for layer in network.layers.reversed() { _ = try session.gradient(at: layer) }
    #expect(session.backwardPasses == 1)
    let fresh = try ExplanationSession(of: network, on: network.sample, for: .prediction)
    #expect(try fresh.inputGradient() == session.inputGradient())
  }

  @Test func `another target costs no further forward pass and has its own gradients`() throws {
    let session = try ExplanationSession(of: network, on: network.sample, for: .logit(0))
    let other = try session.retargeted(to: .logit(1))
    #expect(try session.inputGradient() != other.inputGradient())
    #expect(network.forwardPasses == 1)
    #expect(session.logits == other.logits)
  }

  @Test func `a rule that replaces a cotangent is obeyed`() throws {
    struct Halving: GradientRule {
      func crossing(_ step: Step) -> Crossing {
        step.name == "relu2" ? .replaced { 0.5 * $0 } : .derivative
      }
    }
    let session = try ExplanationSession(of: network, on: network.sample, for: .prediction)
    let above = try session.gradient(at: network.layers[4])
    #expect(try session.gradient(at: network.layers[3], under: Halving()) == 0.5 * above)
  }

  @Test func `input gradient agrees with finite differences`() throws {
    let session = try ExplanationSession(of: network, on: network.sample, for: .logit(2))
    let gradient = try session.inputGradient()
    let step: Float = 2e-3
    for i in stride(from: 0, to: network.sample.scalars.count, by: 7) {
      var (up, down) = (network.sample, network.sample)
      up[i] += step
      down[i] -= step
      let slope = try (network.trace(up).logits.scalars[2] - network.trace(down).logits.scalars[2]) / (2 * step)
      #expect(abs(slope - gradient.scalars[i]) < 2e-3)
    }
  }
}

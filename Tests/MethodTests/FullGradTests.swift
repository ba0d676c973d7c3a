import AttributionKit
import FullGradMethod
import Tensors
import TestSupport
import Testing

@Suite struct FullGradTests {
  @Test func `the map agrees with the authors' formula in PyTorch`() throws {
    let map = try FullGrad().attribution(in: referenceSession())
    #expect(map.values.distance(to: reference("full-grad", [8, 8])) < 1e-3)
    #expect(map.layer.name == "input" && map.isMap)
  }

  /// What Srinivas and Fleuret prove, for any network: nothing of the score is left over.
  @Test(arguments: [ChainNetwork.closed(), .smooth(), .pooled()]) func `the contributions add up to the score`(
    network: ChainNetwork
  ) throws {
    for target in 0..<3 {
      let session = try ExplanationSession(of: network, on: network.sample, for: .logit(target))
      let completeness = try #require(try FullGrad().attribution(in: session).completeness)
      #expect(completeness.expected == session.score.value)
      #expect(abs(completeness.error) < 1e-4 * max(1, abs(session.score.value)))
    }
  }

  @Test func `so they do for a probability, whose own part is counted`() throws {
    let network = ChainNetwork.pooled()
    let session = try ExplanationSession(of: network, on: network.sample, for: ClassProbability(of: .logit(1)))
    let completeness = try #require(try FullGrad().attribution(in: session).completeness)
    #expect(abs(completeness.error) < 1e-5 && completeness.expected > 0.01)
  }

  @Test func `without biases it is the size of input times gradient`() throws {
    let session = try session(of: .tiny())
    let x = try session.input * session.inputGradient()
    let expected = x.magnitudes().scaledToUnit().channelSum()
    #expect(try FullGrad().attribution(in: session).values.distance(to: expected) < 1e-5)
  }

  @Test func `it walks back once, and a network of nothing shows nothing`() throws {
    let session = try referenceSession()
    _ = try FullGrad().attribution(in: session)
    #expect(session.backwardPasses == 1)
    let empty = ChainNetwork(
      input: [1, 2, 2],
      [.linear("logits", weights: Tensor(repeating: 0, shape: [1, 4]), bias: Tensor([0], shape: [1]))])
    let dark = try ExplanationSession(of: empty, on: empty.sample, for: .logit(0))
    #expect(try FullGrad().attribution(in: dark).status == .zeroGradient)
  }
}

import AnchorsMethod
import AttributionKit
import Masks
import Tensors
import TestSupport
import Testing

@Suite struct AnchorsTests {
  /// Class 0 wins where both pixels of the first and last corner are bright; other pixels matter nothing.
  let network = ChainNetwork(
    input: [1, 4, 4],
    [
      .linear(
        "logits",
        weights: Tensor((0..<32).map { $0 == 0 || $0 == 15 ? 2 : 0 }, shape: [2, 16]), bias: Tensor([0, 3], shape: [2]))
    ])
  let bright = Tensor(repeating: 1, shape: [1, 4, 4])

  @Test func `the rule is what the answer rests on, found by as many passes as were asked for`() throws {
    let session = try ExplanationSession(of: network, on: bright, for: .logit(0))
    let before = network.forwardPasses
    let method = Anchors(samples: 400, superpixels: .grid, segments: 16, baseline: .zero)
    let map = try method.attribution(in: session)
    #expect(network.forwardPasses - before == 400)
    let members = map.values.scalars.indices.filter { map.values.scalars[$0] > 0 }
    #expect(members == [0, 15])
    // With both the class always stays; with the first alone every second time.
    #expect(map.values.scalars.max() == 1)
    #expect(abs(map.values.scalars[members[0]] + map.values.scalars[members[1]] - 1.5) < 0.35)
    #expect(map.remarks[0].hasPrefix("2 of 16 superpixels keep the answer in 100 % of random images, none of them in "))
  }

  @Test func `a class that did not win keeps losing by a rule, too`() throws {
    let session = try ExplanationSession(of: network, on: bright, for: .logit(1))
    let map = try Anchors(samples: 400, superpixels: .grid, segments: 16, baseline: .zero).attribution(in: session)
    #expect(map.values.scalars.indices.filter { map.values.scalars[$0] > 0 } == [0, 15])
  }

  @Test func `where nothing can change the score nothing settles it`() throws {
    let flat = ChainNetwork(
      input: [1, 4, 4],
      [.linear("logits", weights: Tensor(repeating: 0, shape: [2, 16]), bias: Tensor([3, 1], shape: [2]))])
    let map = try Anchors(samples: 50, superpixels: .grid, segments: 16).attribution(in: session(of: flat))
    #expect(map.values == Tensor(repeating: 0, shape: [4, 4]))
    #expect(map.remarks.contains("the score is the same, whatever of the image is shown"))
  }

  @Test func `scores about no class, and values that make no sense, are refused`() throws {
    let session = try ExplanationSession(of: network, on: bright, for: Similarity(to: Tensor([1, 2], shape: [2])))
    #expect(throws: AttributionError.notAboutAClass) { try Anchors().attribution(in: session) }
    #expect(throws: AttributionError.self) {
      try Anchors(samples: 0).attribution(in: session.retargeted(to: .logit(0)))
    }
    for (name, value) in [("samples", "0"), ("precision", "1.2"), ("segments", "0")] {
      #expect(throws: AttributionError.self) { try Anchors.descriptor.method([name: value]) }
    }
  }
}

import AttributionKit
import MFPPMethod
import Masks
import Tensors
import TestSupport
import Testing

@Suite struct MFPPTests {
  let network = ChainNetwork.tiny(side: 8)

  @Test func `masks take turns among the levels, each times its score`() throws {
    let session = try session(of: network, for: .logit(2)), picture = try session.picture
    let levels = [4, 12].enumerated().map { level, count in
      RandomSegmentMasks(of: .slic(picture, count: count), probability: 0.6, seed: 7 + UInt64(level))
    }
    let masks = (0..<9).map { levels[$0 % 2][$0 / 2] }
    let scores = try masks.map { try network.trace(network.sample * $0).logits.scalars[2] }
    let mean = scores.reduce(0, +) / 9
    let method = MFPP(masks: 9, levels: FragmentCounts([4, 12]), probability: 0.6, seed: 7)
    let map = try method.attribution(in: session)
    for p in 0..<64 {
      let sum = (0..<9).reduce(Float(0)) { $0 + (scores[$1] - mean) * masks[$1].scalars[p] }
      #expect(abs(map.values.scalars[p] - sum / (0.6 * 9)) < 1e-4)
    }
    #expect(levels[0].segmentation.count < levels[1].segmentation.count)
    #expect(map.remarks == ["fragments: \(levels[0].segmentation.count), \(levels[1].segmentation.count)"])
  }

  @Test func `a score that is always the same has an empty map`() throws {
    let flat = ChainNetwork(
      input: [1, 4, 4],
      [.linear("logits", weights: Tensor(repeating: 0, shape: [2, 16]), bias: Tensor([3, 1], shape: [2]))])
    #expect(try MFPP(masks: 20).attribution(in: session(of: flat)).status == .zeroGradient)
  }

  @Test(arguments: ["50+100", "7"]) func `levels are written with plus signs`(text: String) throws {
    #expect(FragmentCounts(text)?.description == text)
  }

  @Test func `levels and numbers that make no sense are refused`() throws {
    for text in ["", "0", "5+", "+5", "a+b", "5,6"] { #expect(FragmentCounts(text) == nil) }
    for method in [MFPP(masks: 0), MFPP(levels: FragmentCounts([])), MFPP(probability: 0)] {
      #expect(throws: AttributionError.self) { try method.attribution(in: session(of: network)) }
    }
  }
}

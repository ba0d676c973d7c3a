import AttributionKit
import FaithfulnessMetrics
import Tensors
import TestSupport
import Testing

/// Average drop, increase and gain.
@Suite struct MaskedScoreTests {
  let network = ChainNetwork.judged

  func judged(_ index: Int, _ map: Tensor = ChainNetwork.judgedMap) throws -> Explanation {
    try explanation(map, of: network, on: ChainNetwork.judgedImage, for: .logit(index))
  }

  @Test(arguments: 0..<4) func `over zero they are what xplique computes`(index: Int) throws {
    let explanation = try judged(index)
    for (name, metric) in [
      ("drop", AverageDrop(baseline: .zero) as any AttributionMetric), ("gain", AverageGain(baseline: .zero)),
      ("increase", AverageIncrease(baseline: .zero)),
    ] {
      let value = try #require(try metric.result(for: explanation).value)
      #expect(abs(value - (try #require(metricReferences["\(name) of \(index)"]))) < 1e-5, "\(name)")
    }
  }

  @Test func `the masked image is that of pytorch-grad-cam`() throws {
    let whole = try network.probability(of: 1, for: ChainNetwork.judgedImage)
    let gain = try #require(try AverageGain(baseline: .zero).result(for: judged(1)).value)
    #expect(abs(gain * (1 - whole) - (try #require(metricReferences["masked change"]))) < 1e-5)
  }

  @Test func `the image is seen through its evidence, at the peak in full`() throws {
    let image = ChainNetwork.judgedImage, map = ChainNetwork.judgedMap, peak = map.scalars.max()!
    let explanation = try judged(0), cover = try explanation.session.baseline(.mean)
    var seen = image
    for index in 0..<300 {
      let m = max(0, map[index % 100]) / peak
      seen[index] = m * image[index] + (1 - m) * cover[index]
    }
    let (y, masked) = (try network.probability(of: 0, for: image), try network.probability(of: 0, for: seen))
    let drop = try #require(try AverageDrop(baseline: .mean).result(for: explanation).value)
    #expect(abs(drop - max(0, y - masked) / y) < 1e-6)
  }

  /// Two classes with logits `Σx` and 0: what is hidden is a known probability.
  @Test func `known values`() throws {
    let sum = ChainNetwork(
      input: [1, 2, 2],
      [
        .linear(
          "logits", weights: Tensor([1, 1, 1, 1, 0, 0, 0, 0], shape: [2, 4]), bias: Tensor(repeating: 0, shape: [2]))
      ])
    let image = Tensor([4, 3, -2, -1], shape: [1, 2, 2])
    func judged(_ map: [Float]) throws -> Explanation {
      try explanation(Tensor(map, shape: [2, 2]), of: sum, on: image, for: .logit(0))
    }
    func sigmoid(_ x: Float) -> Float { Tensor([x], shape: [1]).sigmoid()[0] }
    // The first pixel in full, half of the second, nothing of the others: 5.5 in place of 4.
    let gain = try AverageGain(baseline: .zero).result(for: judged([2, 1, -3, 0]))
    #expect(abs(gain.value! - (sigmoid(5.5) - sigmoid(4)) / (1 - sigmoid(4))) < 1e-5)
    #expect(try AverageIncrease(baseline: .zero).result(for: judged([2, 1, -3, 0])).value == 1)
    #expect(try AverageDrop(baseline: .zero).result(for: judged([2, 1, -3, 0])).value == 0)
    // An empty map hides everything.
    let drop = try AverageDrop(baseline: .zero).result(for: judged([0, 0, -1, 0]))
    #expect(abs(drop.value! - (sigmoid(4) - 0.5) / sigmoid(4)) < 1e-6)
    #expect(drop.remarks == ["the map is empty, so that all of the image is hidden"])
    // A map that is the same everywhere hides nothing.
    #expect(try AverageDrop(baseline: .zero).result(for: judged([1, 1, 1, 1])).value == 0)
    #expect(try AverageIncrease(baseline: .zero).result(for: judged([1, 1, 1, 1])).value == 0)
  }

  @Test func `a certain class leaves nothing to gain, an impossible one nothing to lose`() throws {
    let network = ChainNetwork(
      input: [1, 2, 2],
      [
        .linear(
          "logits", weights: Tensor([300, 0, 0, 0, 0, 0, 0, 0], shape: [2, 4]), bias: Tensor(repeating: 0, shape: [2]))
      ])
    func judged(_ index: Int) throws -> Explanation {
      try explanation(
        Tensor(repeating: 1, shape: [2, 2]), of: network, on: Tensor([1, 0, 0, 0], shape: [1, 2, 2]), for: .logit(index)
      )
    }
    let gain = try AverageGain().result(for: judged(0)), drop = try AverageDrop().result(for: judged(1))
    #expect(gain.value == nil)
    #expect(gain.remarks == ["the score of the image leaves nothing to gain"])
    #expect(drop.value == nil)
  }
}

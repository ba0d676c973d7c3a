import AttributionKit
import SanityMetrics
import Tensors
import TestSupport
import Testing

/// Class sensitivity and the random logit test.
@Suite struct ClassTests {
  /// Logits 1, 3, 0 and 2, whatever the input.
  let network = ChainNetwork(
    input: [1, 3, 3],
    [.linear("logits", weights: Tensor(repeating: 0, shape: [4, 9]), bias: Tensor([1, 3, 0, 2], shape: [4]))])
  let maps: [Tensor] = [0.6, 0.41, 0.73, 0.31].map { .scattered([3, 3], $0) }

  func judged(_ maps: [Tensor], for target: any Target = RankedLogit.prediction) throws -> Explanation {
    let session = try ExplanationSession(of: network, on: .scattered([1, 3, 3], 0.9), for: target)
    return try Explanation(by: MapOfClass(maps: maps), in: session)
  }

  func correlation(_ a: Int, _ b: Int) -> Float? { Correlation.spearman(maps[a].scalars, maps[b].scalars) }

  @Test func `the map is held against that of the least likely class, or of the next`() throws {
    let least = try ClassSensitivity().result(for: judged(maps))
    #expect(least.value == correlation(1, 2))
    #expect(least.remarks == ["held against class 2"])
    let next = try ClassSensitivity(other: .next).result(for: judged(maps))
    #expect(next.value == correlation(1, 3))
    // Of a difference of two, neither is another class.
    let contrast = try ClassSensitivity().result(for: judged(maps, for: LogitDifference(index: 1, contrast: 2)))
    #expect(contrast.value == correlation(1, 0))
  }

  @Test func `a class is drawn at random, but never the one explained`() throws {
    let drawn = try (0..<40).map { seed in
      try #require(try RandomLogit(similarity: .spearman, seed: seed).result(for: judged(maps)).value)
    }
    #expect(Set(drawn) == Set([0, 2, 3].map { correlation(1, $0)! }))
    let all = try RandomLogit(classes: 10, similarity: .spearman).result(for: judged(maps))
    #expect(abs(all.value! - [0, 2, 3].reduce(0) { $0 + correlation(1, $1)! } / 3) < 1e-6)
  }

  @Test(arguments: MapSimilarity.allCases) func `a map that does not look at the class is the same for any`(
    similarity: MapSimilarity
  ) throws {
    let explanation = try judged(Array(repeating: maps[0], count: 4))
    #expect(abs(try #require(try ClassSensitivity(similarity: similarity).result(for: explanation).value) - 1) < 1e-5)
    #expect(abs(try #require(try RandomLogit(similarity: similarity).result(for: explanation).value) - 1) < 1e-5)
  }

  @Test func `flat maps, and classes that there are not, say nothing`() throws {
    var maps = maps
    maps[2] = Tensor(repeating: 1, shape: [3, 3])
    let flat = try ClassSensitivity().result(for: judged(maps))
    #expect(flat.value == nil)
    #expect(flat.remarks == ["one of the maps is the same everywhere"])
    let some = try RandomLogit(classes: 3, similarity: .spearman).result(for: judged(maps))
    #expect(abs(some.value! - (correlation(1, 0)! + correlation(1, 3)!) / 2) < 1e-6)
    #expect(some.remarks.last == "1 of them have a map that is the same everywhere and are left out")
    let single = ChainNetwork(
      input: [1, 3, 3],
      [.linear("logits", weights: .scattered([1, 9], 0.6), bias: Tensor(repeating: 0, shape: [1]))],
      probabilityLink: .sigmoid)
    let alone = try explanation(maps[0], of: single)
    for metric in [ClassSensitivity() as any AttributionMetric, RandomLogit()] {
      #expect(try metric.result(for: alone).remarks == ["there is no other class that the score could be about"])
    }
  }

  @Test func `no forward pass is made for another class`() throws {
    let explanation = try judged(maps), before = network.forwardPasses
    _ = try ClassSensitivity().result(for: explanation)
    #expect(network.forwardPasses == before)
    #expect(ClassSensitivity().cost(ofJudging: Shared(), on: network) == .backward())
  }

  private struct Shared: AttributionMethod {
    func attribution(in session: ExplanationSession) throws -> Attribution {
      Attribution(session.input, at: session.inputLayer)
    }
  }
}

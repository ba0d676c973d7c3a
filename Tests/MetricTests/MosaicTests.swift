import AttributionKit
import LocalizationMetrics
import Tensors
import TestSupport
import Testing

/// Focus and the grid pointing game.
@Suite struct MosaicTests {
  /// Class `k` counts the pixels of channel `k`: images of one channel are of its class, and evidence lies where they are.
  let network = ChainNetwork(
    input: [4, 8, 6],
    [
      .linear(
        "logits",
        weights: Tensor((0..<4 * 192).map { $0 / 192 == $0 % 192 / 48 ? 1 : 0 }, shape: [4, 192]),
        bias: Tensor(repeating: 0, shape: [4]))
    ])

  private func image(of index: Int) -> Tensor {
    Tensor((0..<192).map { $0 / 48 == index ? 1 : 0 }, shape: [4, 8, 6])
  }

  private func judged(
    _ method: any AttributionMethod, class index: Int = 0, with others: [Int]
  ) throws -> Explanation {
    let session = try ExplanationSession(of: network, on: image(of: index), for: .logit(index))
    var explanation = try Explanation(by: method, in: session)
    explanation.peers = others.map { other in
      PeerImage(image(of: other), classes: [other] + (0..<4).filter { $0 != other && $0 != index } + [index])
    }
    return explanation
  }

  @Test func `what is exact points to its own quarters, what is blind to chance`() throws {
    let exact = try judged(SlopeTimesInput(), with: [1, 2, 3])
    #expect(try GridPointingGame().result(for: exact).value == 1)
    #expect(try Focus().result(for: exact).value == 1)
    let blind = try judged(GivenMap(values: Tensor(repeating: 1, shape: [8, 6])), with: [1, 2, 3])
    #expect(try GridPointingGame(mosaics: 3).result(for: blind).value == 0.25)
    #expect(try Focus(mosaics: 3).result(for: blind).value == 0.5)
  }

  /// A map of one pixel hits the class's quarters as often as they come to lie there.
  @Test func `quarters are drawn, and the seed decides which`() throws {
    var corner = Tensor(repeating: 0, shape: [8, 6])
    corner[0] = 1
    let explanation = try judged(GivenMap(values: corner), with: [1, 2, 3])
    let one = try #require(try GridPointingGame(mosaics: 80).result(for: explanation).value)
    let two = try #require(try Focus(mosaics: 80).result(for: explanation).value)
    #expect(abs(one - 0.25) < 0.13 && abs(two - 0.5) < 0.15)
    let seeds = try (0..<8).map { try Focus(seed: UInt64($0)).result(for: explanation).value }
    #expect(Set(seeds) == [0, 1])
    #expect(try Focus(seed: 3).result(for: explanation) == Focus(seed: 3).result(for: explanation))
  }

  @Test func `only positive relevance counts, and where there is none there is no number`() throws {
    let negative = try judged(GivenMap(values: Tensor(repeating: -1, shape: [8, 6])), with: [1, 2, 3])
    #expect(try Focus().result(for: negative) == .undefined("nothing in the map of the mosaic speaks for the score"))
    // Channel by channel signs cancel out first.
    let pixels = Tensor((0..<192).map { $0 / 48 == 0 ? 2 : $0 / 48 == 1 ? -1 : 0 }, shape: [4, 8, 6])
    #expect(try Focus().result(for: judged(GivenMap(values: pixels), with: [1])).value == 0.5)
  }

  @Test func `photographs of the class itself, or too few of others, are no strangers`() throws {
    let alone = try judged(SlopeTimesInput(), with: [0, 0])
    #expect(try Focus().result(for: alone) == .undefined("no other photograph is answered in another way"))
    let few = try judged(SlopeTimesInput(), with: [1, 1, 2])
    #expect(
      try GridPointingGame().result(for: few)
        == .undefined("a mosaic takes three other photographs of other classes, and there are 2"))
    // One stranger is enough for Focus: it comes twice.
    #expect(try Focus().result(for: judged(SlopeTimesInput(), with: [1])).value == 1)
  }

  @Test func `the second image of the class is another photograph where there is one`() throws {
    var explanation = try judged(ImageItself(), with: [1, 2])
    #expect(try Focus().result(for: explanation).value == 0.5)
    // Three times as bright: of six parts of all light four are in the class's quarters.
    explanation.peers.append(PeerImage(3 * image(of: 0), classes: [0, 1, 2, 3]))
    #expect(abs(try #require(Focus().result(for: explanation).value) - 2.0 / 3) < 1e-6)
  }
}

/// The light of the image is its own map.
private struct ImageItself: AttributionMethod {
  func attribution(in session: ExplanationSession) throws -> Attribution {
    Attribution(session.input.channelSum(), at: session.inputLayer)
  }
}

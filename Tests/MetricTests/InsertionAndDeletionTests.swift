import AttributionKit
import FaithfulnessMetrics
import Tensors
import TestSupport
import Testing

@Suite struct InsertionAndDeletionTests {
  /// `y = Σ x` over 2 × 2 pixels, whose baseline is zero: what is shown is what is scored.
  let sum = ChainNetwork(
    input: [1, 2, 2],
    [
      .linear("logits", weights: Tensor(repeating: 1, shape: [1, 4]), bias: Tensor(repeating: 0, shape: [1]))
    ])
  let image = Tensor([4, 3, 2, 1], shape: [1, 2, 2])

  @Test func `of a score that is a sum, the curve is the sum of what is shown`() throws {
    let explanation = try explanation(
      Tensor([1, 9, 5, 3], shape: [2, 2]), of: sum, on: image, for: .logit(0))
    let insertion = try Insertion(steps: 4, baseline: .zero, score: .score).result(for: explanation)
    // In the order of the map: pixels 1, 2, 3, 0.
    #expect(insertion.curves[0].y == [0, 3, 5, 6, 10])
    #expect(insertion.curves[0].x == [0, 0.25, 0.5, 0.75, 1])
    #expect(insertion.value == 4.75)
    let deletion = try Deletion(steps: 4, baseline: .zero, score: .score).result(for: explanation)
    #expect(deletion.curves[0].y == [10, 7, 5, 4, 0])
    #expect(deletion.value == 5.25)
  }

  @Test func `pixels of equal rank are taken row by row`() throws {
    let explanation = try explanation(Tensor(repeating: 1, shape: [2, 2]), of: sum, on: image, for: .logit(0))
    let insertion = try Insertion(steps: 4, baseline: .zero, score: .score).result(for: explanation)
    #expect(insertion.curves[0].y == [0, 4, 7, 9, 10])
  }

  @Test func `more steps than pixels are as many as pixels`() throws {
    let explanation = try explanation(Tensor([1, 2, 3, 4], shape: [2, 2]), of: sum, on: image, for: .logit(0))
    let insertion = try Insertion(steps: 50, baseline: .zero, score: .score).result(for: explanation)
    #expect(insertion.curves[0].y.count == 5)
  }

  /// Every image made and run by itself.
  @Test func `each step is the image with the pixels that are ranked highest`() throws {
    let network = ChainNetwork.tiny(side: 6), ranks = Tensor.scattered([3, 6, 6], 0.7)
    let explanation = try explanation(ranks, of: network, for: .logit(1))
    let sizes = (0..<36).map { p in (0..<3).reduce(Float(0)) { $0 + abs(ranks.scalars[$1 * 36 + p]) } }
    let order = (0..<36).sorted { (sizes[$0], $1) > (sizes[$1], $0) }
    let cover = try explanation.session.baseline(.mean)
    var shown = cover, hidden = network.sample, rising: [Float] = [], falling: [Float] = []
    for step in 0...5 {
      let before = step == 0 ? 0 : Int((Double(step - 1) * 36 / 5).rounded())
      for p in order[before..<Int((Double(step) * 36 / 5).rounded())] {
        for c in 0..<3 {
          shown[c * 36 + p] = network.sample.scalars[c * 36 + p]
          hidden[c * 36 + p] = cover.scalars[c * 36 + p]
        }
      }
      rising.append(try network.trace(shown).logits.softmax().scalars[1])
      falling.append(try network.trace(hidden).logits.softmax().scalars[1])
    }
    let insertion = try Insertion(steps: 5, baseline: .mean).result(for: explanation).curves[0]
    let deletion = try Deletion(steps: 5, baseline: .mean).result(for: explanation).curves[0]
    #expect(zip(insertion.y, rising).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(zip(deletion.y, falling).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(insertion.values == "probability")
  }

  @Test func `an input that is no image is refused`() throws {
    let network = ChainNetwork(
      input: [4], [.linear("logits", weights: .scattered([2, 4], 0.6), bias: Tensor(repeating: 0, shape: [2]))])
    let explanation = try explanation(Tensor([1, 2, 3, 4], shape: [4]), of: network)
    #expect(throws: AttributionError.notAnImage(network.input)) { try Insertion().result(for: explanation) }
  }
}

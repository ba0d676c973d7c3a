import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct SimilarityTests {
  let e = Tensor.scattered([7], 0.61803), r = Tensor.scattered([7], 0.41421)

  @Test func `the score is the cosine and the cotangent its slope`() throws {
    let target = Similarity(to: r)
    let score = try target.score(of: Outputs(logits: e))
    func dot(_ a: Tensor, _ b: Tensor) -> Float { (a * b).scalars.reduce(0, +) }
    #expect(abs(score.value - dot(e, r) / (dot(e, e) * dot(r, r)).squareRoot()) < 1e-6)
    #expect(score.classIndex == nil && score.contrastIndex == nil)
    for i in 0..<7 {
      var (up, down) = (e, e)
      up[i] += 1e-2
      down[i] -= 1e-2
      let (a, b) = try (target.score(of: Outputs(logits: up)).value, target.score(of: Outputs(logits: down)).value)
      #expect(abs(score.cotangent.scalars[i] - (a - b) / 2e-2) < 1e-3)
    }
    // A longer embedding in the same direction is as like, and its slope as much smaller.
    let longer = try target.score(of: Outputs(logits: 4 * e))
    #expect(abs(longer.value - score.value) < 1e-6)
    #expect((4 * longer.cotangent).distance(to: score.cotangent) < 1e-6)
  }

  @Test func `an image is most like itself, where nothing makes it more so`() throws {
    let score = try Similarity(to: 3 * e).score(of: Outputs(logits: e))
    #expect(abs(score.value - 1) < 1e-6)
    #expect(score.cotangent.scalars.allSatisfy { $0 == 0 })
  }

  @Test func `nothing is like nothing, and other shapes are refused`() throws {
    let nothing = Tensor(repeating: 0, shape: [7])
    for (a, b) in [(nothing, r), (e, nothing)] {
      let score = try Similarity(to: b).score(of: Outputs(logits: a))
      #expect(score.value == 0 && score.cotangent.scalars.allSatisfy { $0 == 0 })
    }
    #expect(throws: AttributionError.wrongReference([7], expected: [3])) {
      try Similarity(to: r).score(of: Outputs(logits: Tensor([1, 2, 3], shape: [3])))
    }
  }
}

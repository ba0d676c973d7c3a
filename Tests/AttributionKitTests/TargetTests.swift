import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct TargetTests {
  let logits = Tensor([0.5, 2, -1, 2], shape: [4])

  @Test func `the prediction is the first of equal logits`() throws {
    #expect(try RankedLogit.prediction.score(of: Outputs(logits: logits)).classIndex == 1)
    #expect(try RankedLogit(rank: 1).score(of: Outputs(logits: logits)).classIndex == 3)
    #expect(try RankedLogit(rank: 3).score(of: Outputs(logits: logits)).classIndex == 2)
  }

  @Test(arguments: [-1, 4]) func `a class or rank that is not there is an error`(index: Int) {
    #expect(throws: AttributionError.noSuchClass(index, count: 4)) {
      try ClassLogit(index: index).score(of: Outputs(logits: logits))
    }
    #expect(throws: AttributionError.noSuchRank(index, count: 4)) {
      try RankedLogit(rank: index).score(of: Outputs(logits: logits))
    }
    #expect(throws: AttributionError.noSuchClass(index, count: 4)) {
      try LogitDifference(index: 0, contrast: index).score(of: Outputs(logits: logits))
    }
  }

  @Test func `a difference points towards one class and away from the other`() throws {
    let score = try LogitDifference(index: 0, contrast: 2).score(of: Outputs(logits: logits))
    #expect(score.value == 1.5)
    #expect(score.cotangent.scalars == [1, 0, -1, 0])
    #expect(score.contrastIndex == 2)
  }

  @Test(arguments: [ProbabilityLink.softmax, .sigmoid]) func `a probability's derivative is its slope`(
    link: ProbabilityLink
  ) throws {
    let target = ClassProbability(of: .logit(0))
    let score = try target.score(of: Outputs(logits: logits, link: link))
    let step: Float = 1e-2
    for i in logits.scalars.indices {
      var (up, down) = (logits, logits)
      up[i] += step
      down[i] -= step
      let (above, below) = try (
        target.score(of: Outputs(logits: up, link: link)).value,
        target.score(of: Outputs(logits: down, link: link)).value
      )
      #expect(abs(score.cotangent.scalars[i] - (above - below) / (2 * step)) < 1e-4)
    }
    #expect(score.cotangent.scalars[0] > 0.05)
  }

  @Test func `a negative speaks against what it is of, and its probability is what is left of one`() throws {
    let score = try Opposite(of: .logit(2)).score(of: Outputs(logits: logits))
    #expect(score.value == 1 && score.cotangent.scalars == [0, 0, -1, 0])
    #expect(score.classIndex == 2 && score.isNegative)
    #expect(try Opposite(of: Opposite(of: .logit(2))).score(of: Outputs(logits: logits)).isNegative == false)
    for link in [ProbabilityLink.softmax, .sigmoid] {
      let own = try ClassProbability(of: .logit(2)).score(of: Outputs(logits: logits, link: link))
      let rest = try ClassProbability(of: Opposite(of: .logit(2))).score(of: Outputs(logits: logits, link: link))
      #expect(abs(own.value + rest.value - 1) < 1e-6 && rest.isNegative)
      #expect(rest.cotangent == -own.cotangent)
    }
    // A single logit far on one side leaves the other a probability, not nothing.
    let sure = Tensor([30], shape: [1])
    let unlikely = try ClassProbability(of: Opposite(of: .logit(0))).score(of: Outputs(logits: sure, link: .sigmoid))
    #expect(unlikely.value > 0 && unlikely.value < 1e-12 && unlikely.cotangent.scalars[0] < 0)
    let pinned = try Opposite(of: .prediction).pinned(to: Outputs(logits: logits))
    #expect(try pinned.score(of: Outputs(logits: -logits)).classIndex == 1)
  }

  @Test func `the probability of the prediction is about the predicted class`() throws {
    let score = try ClassProbability(of: .prediction).score(of: Outputs(logits: logits))
    #expect(score.classIndex == 1)
    #expect(abs(score.value - logits.softmax().scalars[1]) < 1e-6)
  }
}

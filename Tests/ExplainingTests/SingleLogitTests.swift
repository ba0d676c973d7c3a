import AttributionKit
import Explaining
import Foundation
import Tensors
import Testing
import TestSupport

/// Networks that answer a question with yes or no.
@Suite struct SingleLogitTests {
  @Test func `a single logit has two sides, each with its score, its probability and its map`() throws {
    let explainer = try Networks.binary()
    let z = try explainer.model.trace(Tensor.ramp([3, 4, 4])).logits.scalars[0]
    let (positive, negative) = (
      try explainer.inquiry("positive", of: Networks.image), try explainer.inquiry("Negative", of: Networks.image)
    )
    #expect(positive.session.score.value == z && negative.session.score.value == -z)
    let p = 1 / (1 + exp(-Double(z)))
    #expect(abs(Double(try #require(positive.probability)) - p) < 1e-6)
    #expect(abs(Double(try #require(negative.probability)) - (1 - p)) < 1e-6)
    let probable = try explainer.inquiry("negative", of: Networks.image, score: .probability)
    #expect(abs(Double(probable.session.score.value) - (1 - p)) < 1e-6)
    let sides = positive.picture.answer.ranking
    #expect(sides.map(\.side) == (z >= 0 ? ["positive", "negative"] : ["negative", "positive"]))
    #expect(sides[0].probability ?? 0 >= 0.5 && sides[0].logit == -sides[1].logit && sides.allSatisfy { $0.index == 0 })
    #expect(try explainer.inquiry("prediction", of: Networks.image).target.choice == sides[0].choice)
    #expect(try explainer.inquiry("0", of: Networks.image).target.choice == .positive)
    let maps = try ["positive", "negative"].map { try explainer.gradient($0, of: Networks.image) }
    #expect(maps[0] == -maps[1] && maps[0].scalars.contains { $0 != 0 })
  }

  @Test func `there is no third side, and no difference of the two`() throws {
    let explainer = try Networks.binary()
    #expect(try explainer.predict(Networks.image).inquiries(Question([.top(2)])).count == 2)
    for (target, fault, words) in [
      ("top:3", ExplainingError.Fault.data, "network's 2"), ("1", .data, "'positive' and 'negative'"),
      ("positive - negative", .usage, "leave out one side"),
    ] {
      let error = refusal { try explainer.inquiry(target, of: Networks.image) }
      #expect(error?.fault == fault && error?.description.contains(words) == true, "\(error as Any)")
    }
  }

  @Test func `names from a file stand for the sides, and a note says which for which`() throws {
    let two = try Networks.binary(names: ["cat", "dog"])
    #expect(try two.inquiry("cat", of: Networks.image).target.choice == .negative)
    #expect(two.notes.map(\.sentence).contains { $0.contains("against 'cat' and for 'dog'") })
    let one = try Networks.binary(names: ["dog"])
    #expect(try one.inquiry("not dog", of: Networks.image).target.choice == .negative && one.notes.isEmpty)
    #expect(refusal { try Networks.binary(names: ["a", "b", "c"]) }?.fault == .data)
  }
}

import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct OutputsTests {
  let outputs: Outputs
  let scores = Tensor([1, 3, 2], shape: [3]), boxes = Tensor.ramp([2, 4])

  init() throws {
    outputs = try Outputs(
      [.classes(3, .sigmoid), Output("boxes", shape: [2, 4], kind: .boxes), .classes(3, named: "other")],
      [scores, boxes, -scores])
  }

  @Test func `the first is explained, and any other can be`() throws {
    #expect(outputs.logits == scores && outputs.link == .sigmoid && outputs.explained.name == "logits")
    #expect(try outputs.value(of: "boxes") == boxes)
    let other = try outputs.explaining("other")
    #expect(other.logits == -scores && other.link == .softmax)
    #expect(other.descriptions.map(\.name) == ["other", "logits", "boxes"])
    #expect(try other.value(of: "boxes") == boxes)
    #expect(try outputs.explaining("boxes").link == nil)
    #expect(throws: AttributionError.noSuchOutput("q", among: ["logits", "boxes", "other"])) {
      try outputs.explaining("q")
    }
  }

  @Test func `a target put to another output has its derivative there`() throws {
    let score = try ClassLogit(index: 1).of(output: "other").score(of: outputs)
    #expect(score.value == -3 && score.classIndex == 1)
    #expect(score.cotangents == Cotangents([nil, nil, .oneHot(1, count: 3)]))
    let pinned = try RankedLogit.prediction.of(output: "other").pinned(to: outputs)
    #expect(try pinned.score(of: outputs).classIndex == 0)
    // From the other output back to this one: where it began.
    let back = try ClassLogit(index: 2).of(output: "logits").of(output: "other").score(of: outputs)
    #expect(back.value == 2 && back.cotangents == Cotangents(.oneHot(2, count: 3)))
  }

  @Test func `boxes hold no classes, and say so`() throws {
    let boxes = try outputs.explaining("boxes")
    #expect(throws: AttributionError.noClasses(boxes.explained)) { try ClassLogit(index: 0).score(of: boxes) }
    #expect(throws: AttributionError.noClasses(boxes.explained)) { try RankedLogit.prediction.pinned(to: boxes) }
    #expect("\(AttributionError.noClasses(boxes.explained))".contains("'boxes', 2 × 4"))
    #expect(throws: AttributionError.notAboutAClass) {
      try ClassProbability(of: .logit(0)).score(
        of: Outputs([Output("e", shape: [3], kind: .embedding)], [scores]))
    }
  }

  @Test func `derivatives add up output by output`() throws {
    let a = Cotangents([scores, nil]), b = try outputs.cotangents(["boxes": boxes, "logits": scores])
    #expect(a == Cotangents(scores) && a.explained == scores && a[1] == nil && a[7] == nil)
    #expect(a + b == Cotangents([2 * scores, boxes]))
    #expect(a - b == Cotangents([0 * scores, -boxes]))
    #expect(-b == Cotangents([-scores, -boxes]) && 3 * b == Cotangents([3 * scores, 3 * boxes]))
    #expect(Cotangents([nil, nil]) == Cotangents([]))
    #expect(throws: AttributionError.noSuchOutput("q", among: ["logits", "boxes", "other"])) {
      try outputs.cotangents(["q": boxes])
    }
  }

  @Test func `values of other shapes than described are the adapter's mistake`() {
    #expect(throws: AttributionError.wrongOutputs(expected: [[2]], given: [[3]])) {
      try Outputs([.classes(2)], [scores])
    }
    #expect(throws: AttributionError.wrongOutputs(expected: [], given: [])) { try Outputs([], []) }
  }

  @Test func `derivatives of other shapes than the outputs are the target's mistake`() throws {
    struct Askew: Target {
      let cotangents: Cotangents
      func score(of outputs: Outputs) -> Score { Score(value: 1, cotangents: cotangents) }
    }
    let network = ChainNetwork.tiny()
    for wrong in [Cotangents(Tensor([1, 2], shape: [2])), Cotangents([nil, scores])] {
      #expect(throws: AttributionError.self) {
        try ExplanationSession(of: network, on: network.sample, for: Askew(cotangents: wrong))
      }
    }
    let maps = Outputs(logits: .ramp([3, 2, 2]))
    #expect(throws: AttributionError.wrongCotangents(expected: [[3]], given: [[2]])) {
      try RegionMean(of: Askew(cotangents: Cotangents(Tensor([1, 2], shape: [2])))).score(of: maps)
    }
    let nothing = try RegionMean(of: Askew(cotangents: Cotangents([]))).score(of: maps)
    #expect(nothing.value == 1 && nothing.cotangent == Tensor(repeating: 0, shape: [3, 2, 2]))
  }
}

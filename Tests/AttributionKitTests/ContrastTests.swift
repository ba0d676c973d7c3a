import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct ContrastTests {
  let network = ChainNetwork.tiny()

  func session(_ target: any Target) throws -> ExplanationSession {
    try ExplanationSession(of: network, on: network.sample, for: target)
  }

  @Test func `a gradient in contrast is the difference of two`() throws {
    let own = try session(.logit(1)).inputGradient(), other = try session(.logit(3)).inputGradient()
    let contrast = try Contrast(Slope(), against: .index(3)).attribution(in: session(.logit(1)))
    #expect(contrast.values.distance(to: own - other) < 1e-6)
    #expect(contrast.remarks == ["held against class 3"])
  }

  @Test func `the strongest other class is the one with the greatest logit`() throws {
    let ranks = try session(.prediction).logits.descendingOrder()
    for (target, rival) in [(ranks[0], ranks[1]), (ranks[2], ranks[0])] {
      let asked = try session(.logit(target))
      #expect(
        try Contrast(Slope()).attribution(in: asked).values
          == Contrast(Slope(), against: .index(rival)).attribution(in: asked).values)
    }
  }

  @Test func `probabilities and differences are held against a class, too`() throws {
    let p = try session(ClassProbability(of: ClassLogit(index: 0))).inputGradient()
    let q = try session(ClassProbability(of: ClassLogit(index: 2))).inputGradient()
    let contrast = try Contrast(Slope(), against: .index(2)).attribution(
      in: session(ClassProbability(of: ClassLogit(index: 0))))
    #expect(contrast.values.distance(to: p - q) < 1e-6)
    let difference = try Contrast(Slope(), against: .index(2)).attribution(
      in: session(LogitDifference(index: 0, contrast: 1)))
    let expected = try session(LogitDifference(index: 0, contrast: 2)).inputGradient()
    #expect(difference.values == expected)
  }

  @Test func `a region is asked about the same places`() throws {
    let places = ChainNetwork(
      input: [3, 4, 4],
      [.convolution("logits", kernels: .scattered([4, 3, 1, 1], 0.61803), bias: Tensor(repeating: 0, shape: [4]))])
    let weights = Tensor((0..<16).map { $0 < 8 ? 1 : 0 }, shape: [4, 4])
    func asked(_ target: any Target) throws -> ExplanationSession {
      try ExplanationSession(of: places, on: places.sample, for: RegionMean(of: target, over: .weights(weights)))
    }
    let contrast = try Contrast(Slope(), against: .index(2)).attribution(in: asked(.logit(0)))
    let expected = try asked(.logit(0)).inputGradient() - asked(.logit(2)).inputGradient()
    #expect(contrast.values.distance(to: expected) < 1e-6)
    let ranks = try asked(.prediction).logits.spatialSum(weighedBy: weights).descendingOrder()
    #expect(
      try Contrast(Slope()).attribution(in: asked(.prediction)).values
        == Contrast(Slope(), against: .index(ranks[1])).attribution(in: asked(.prediction)).values)
  }

  @Test func `a class may be given by name where somebody knows names`() throws {
    var options = SessionOptions()
    options.classNamed = { name in
      guard name == "cat" else { throw Refusal("no class is called '\(name)'") }
      return 3
    }
    let named = try ExplanationSession(of: network, on: network.sample, for: .logit(1), options: options)
    let method = try MethodExpression(parsing: "contrast(slope, cat)", among: toyMethods).method
    let expected = try Contrast(Slope(), against: .index(3)).attribution(in: named)
    #expect(try method.attribution(in: named) == expected)
    #expect(throws: Refusal.self) { try Contrast(Slope(), against: .named("dog")).attribution(in: named) }
    #expect(throws: AttributionError.self) {
      try Contrast(Slope(), against: .named("cat")).attribution(in: session(.logit(1)))
    }
  }

  @Test func `what cannot be contrasted is refused`() throws {
    #expect(throws: AttributionError.self) {
      try Contrast(Slope(), against: .index(1)).attribution(in: session(.logit(1)))
    }
    #expect(throws: AttributionError.noSuchClass(9, count: 4)) {
      try Contrast(Slope(), against: .index(9)).attribution(in: session(.logit(1)))
    }
    let alone = ChainNetwork(
      input: [1, 2, 2], [.linear("logit", weights: .ramp([1, 4]), bias: Tensor([0], shape: [1]))],
      probabilityLink: .sigmoid)
    #expect(throws: AttributionError.noOtherClass) {
      try Contrast(Slope()).attribution(in: ExplanationSession(of: alone, on: alone.sample, for: .logit(0)))
    }
  }

  @Test func `it walks back on its own, without a forward pass`() throws {
    let session = try session(.logit(1)), passes = network.forwardPasses
    _ = try Contrast(Slope()).attribution(in: session)
    #expect(network.forwardPasses == passes)
    #expect(Contrast(Slope()).cost(on: network) == .backward())
  }
}

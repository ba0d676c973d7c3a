import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct RelevanceRulesTests {
  /// A squeeze-excitation block between two convolutions, behind a scaling of the image, and a classifier.
  private let steps: [Step] = [
    Step(name: "scaled", operatorName: "Multiply", kind: .affine, inputs: ["image", "0.02"]),
    Step(name: "conv1", operatorName: "Convolution", kind: .linear, isFirst: true, inputs: ["scaled", "w1"]),
    Step(
      name: "norm1", operatorName: "BatchNormalization", kind: .normalization, inputs: ["conv1", "m"],
      foldedInto: "conv1"),
    Step(name: "relu1", operatorName: "ReLU", activation: .rectifier, inputs: ["norm1"]),
    Step(name: "mean", operatorName: "GlobalAveragePool", kind: .pooling(.average), inputs: ["relu1"]),
    Step(name: "squeeze", operatorName: "Convolution", kind: .linear, inputs: ["mean", "w2"]),
    Step(name: "gate", operatorName: "Sigmoid", kind: .activation, inputs: ["squeeze"]),
    Step(name: "stretched", operatorName: "Expand", kind: .movement, inputs: ["gate"]),
    Step(name: "excited", operatorName: "Multiply", kind: .product, inputs: ["stretched", "relu1"]),
    Step(name: "squared", operatorName: "Multiply", kind: .product, inputs: ["excited", "excited"]),
    Step(name: "shifted", operatorName: "Add", kind: .affine, inputs: ["squared", "1"]),
    Step(name: "logits", operatorName: "Linear", kind: .linear, inputs: ["shifted", "w3"]),
    Step(name: "norm", operatorName: "Power", kind: .other, inputs: ["logits", "2"]),
    Step(name: "unit", operatorName: "Divide", kind: .other, inputs: ["logits", "norm"]),
    Step(name: "odd", operatorName: "Hardmax", kind: .other, inputs: ["unit"]),
  ]

  @Test func `roles are told from what steps read`() {
    let roles = StepRoles(of: steps)
    #expect(roles.signals == ["excited": 1])
    #expect(roles.last == ["logits"])
    #expect(roles.preparing == ["scaled"])
  }

  @Test func `every step has the rule of its kind`() {
    var rules = RelevanceRules(.epsilon(0.5), over: steps)
    (rules.convolution, rules.first) = (.zPlus, .flat)
    (rules.sum, rules.last, rules.named) = (.zPlus, .wSquare, ["squeeze": .gamma(1)])
    func rule(_ name: String) -> Relevance? {
      guard let step = steps.first(where: { $0.name == name }), case .relevance(let rule) = rules.crossing(step) else {
        return nil
      }
      return rule
    }
    #expect(rule("scaled") == .pass && rule("shifted") == .epsilon())
    #expect(rule("conv1") == .flat && rule("squeeze") == .gamma(1) && rule("logits") == .wSquare)
    #expect(rule("relu1") == .pass && rule("gate") == .pass && rule("norm1") == .pass)
    #expect(rule("excited") == .pass(to: 1) && rule("squared") == .equalShares())
    #expect(rule("mean") == .epsilon() && rule("unit") == .pass(to: 0) && rule("odd") == .epsilon())
    #expect(rule("stretched") == nil, "what is moved is moved back")
    rules.last = nil
    #expect(rule("logits") == .epsilon(0.5))
    rules.first = nil
    #expect(rule("conv1") == .zPlus)
    #expect(rules.unruled(among: steps).map(\.name) == ["odd"], "nothing goes to the norm that is divided by")
  }

  @Test func `without biases no rule for weights gives them a share`() {
    var rules = RelevanceRules(.zPlus, over: steps)
    (rules.first, rules.named) = (.gamma(1), ["squeeze": .epsilon()])
    let without = rules.withoutBiases()
    #expect(without.convolution == .zPlus.withoutBias() && without.dense == without.convolution)
    #expect(without.first == .gamma(1).withoutBias() && without.last == nil)
    #expect(without.named["squeeze"]?.includesBias == false)
  }

  @Test func `relevance reaches the pixels, or stops at a layer`() throws {
    struct Plain: RelevanceMethod {
      var layer = AttributedLayer.input
      func rules(in session: ExplanationSession) throws -> RelevanceRules {
        RelevanceRules(.epsilon(1e-9), over: session.steps)
      }
    }
    let network = ChainNetwork.tiny()
    let session = try ExplanationSession(of: network, on: network.sample, for: .logit(0))
    let pixels = try Plain().attribution(in: session)
    // With a small ε, LRP of a network of rectifiers is the input times its gradient.
    #expect(pixels.remarks.isEmpty)
    #expect(pixels.values.distance(to: session.input * (try session.inputGradient())) < 1e-4)
    #expect(try #require(pixels.completeness).expected == session.score.value)
    let map = try Plain(layer: AttributedLayer("relu1")).attribution(in: session)
    #expect(map.values.shape == [4, 4] && map.layer.name == "relu1")
    #expect(throws: AttributionError.self) { try Plain(layer: AttributedLayer("relu9")).attribution(in: session) }
  }

  @Test(arguments: ["input", "automatic", "conv[-1]", "features.*"]) func `places are written as they are read`(
    text: String
  ) {
    #expect(AttributedLayer(text).description == text)
    #expect((AttributedLayer(text) == .input) == (text == "input"))
  }
}

@Suite struct InitialRelevanceTests {
  private func score(_ target: any Target) throws -> Score {
    try InitialRelevance(of: target).score(of: Outputs(logits: Tensor([2, -3, 5], shape: [3])))
  }

  @Test func `relevance begins with what each output adds to the score`() throws {
    let logit = try score(.logit(1))
    #expect(logit.value == -3 && logit.cotangents == Cotangents(Tensor([0, -3, 0], shape: [3])))
    let difference = try score(LogitDifference(index: 0, contrast: 1))
    #expect(difference.value == 5 && difference.cotangents == Cotangents(Tensor([2, 3, 0], shape: [3])))
    #expect(try score(Opposite(of: .logit(2))).value == -5)
    #expect(logit.classIndex == 1)
  }
}

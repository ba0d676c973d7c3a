import AttributionKit
import Tensors
import TestSupport
import Testing

/// Crossings in plain tensors, as adapters without an engine perform them.
@Suite struct CrossedStepTests {
  /// `y = 2a − 3b`, at two places.
  private let step = CrossedStep(
    Step(name: "difference", operatorName: "Subtract", kind: .sum),
    inputs: [Tensor([1, -2], shape: [2]), Tensor([1, 2], shape: [2])],
    output: Tensor([-1, -10], shape: [2]), cotangent: Tensor([1, -4], shape: [2])
  ) { [2 * $0, -3 * $0] }

  private func scalars(_ crossing: Crossing) throws -> [[Float]?] {
    try step.crossed(by: crossing).map { $0?.scalars }
  }

  @Test func `derivatives, and cotangents handed on`() throws {
    #expect(try scalars(.derivative) == [[2, -8], [-3, 12]])
    #expect(try scalars(.derivativeOfPositive) == [[2, 0], [-3, 0]])
    #expect(try scalars(.positive) == [[1, 0], nil])
    #expect(try scalars(.replaced { 10 * $0 }) == [[10, -40], nil])
    #expect(try scalars(.relevance(.pass)) == [[1, -4], nil])
    #expect(try scalars(.relevance(.pass(to: 1))) == [nil, [1, -4]])
    #expect(try scalars(.relevance(.stop)) == [nil, nil])
    #expect(try scalars(.computed { [nil, $0.output * $0.cotangent] }) == [nil, [-1, 40]])
  }

  @Test func `relevance in proportion to the addends`() throws {
    // a: 2a/y R, b: −3b/y R
    #expect(try scalars(.relevance(.epsilon(0))) == [[-2, -1.6], [3, -2.4]])
    #expect(try scalars(.relevance(.equalShares(0))) == [[-1, -0.8], [1.5, -1.2]])
    let damped = try #require(try scalars(.relevance(.epsilon(1)))[0])
    #expect(damped[0] == -1 && abs(damped[1] + 16.0 / 11) < 1e-6)
  }

  @Test func `what does not fit is refused`() throws {
    #expect(throws: RuleError.needsWeights(step: "difference")) { try step.crossed(by: .relevance(.zPlus)) }
    #expect(throws: RuleError.needsWeights(step: "difference")) { try step.crossed(by: .relevance(.flat)) }
    #expect(throws: RuleError.wrongResult(step: "difference")) { try step.crossed(by: .computed { _ in [nil] }) }
    #expect(throws: RuleError.changesShape(step: "difference")) {
      try step.crossed(by: .replaced { _ in Tensor([1], shape: [1]) })
    }
  }

  @Test func `a network of one's own crosses by relevance`() throws {
    struct EpsilonEverywhere: GradientRule {
      func crossing(_ step: Step) -> Crossing {
        step.activation == nil ? .relevance(.epsilon(1e-9)) : .relevance(.pass)
      }
    }
    let network = ChainNetwork.tiny()
    let session = try ExplanationSession(of: network, on: network.sample, for: .logit(0))
    let relevance = try session.inputGradient(under: EpsilonEverywhere())
    // LRP-0 is the gradient times the input, over the logit (Ancona et al., ICLR 2018), in a network of ReLUs.
    let product = session.input * (try session.inputGradient())
    let logit = session.score.value
    for (r, p) in zip(relevance.scalars, product.scalars) { #expect(abs(r - p / logit) < 1e-3) }
  }
}

@Suite struct RelevanceRuleTests {
  @Test func `rules are values`() {
    #expect(Relevance.zPlus == .alphaBeta(1, 0))
    #expect(Relevance.gamma(0.25) == .gamma(0.25) && Relevance.gamma(0.25) != .gamma(0.5))
    #expect(Set([Relevance.flat, .flat, .wSquare, .pass]).count == 3)
    #expect(Relevance.flat.stabilized(by: 1).stabilizer == 1 && !Relevance.flat.includesBias)
    #expect(!Relevance.zPlus.withoutBias().includesBias && Relevance.zPlus.withoutBias() != .zPlus)
  }

  @Test func `quotients are kept from zero`() {
    let relevance = Relevance.epsilon(0.5)
    #expect(relevance.quotient(1, by: 0) == 2)
    #expect(relevance.quotient(1, by: 0.5) == 1 && relevance.quotient(1, by: -0.5) == -1)
    #expect(Relevance.epsilon(0).quotient(1, by: 0) == 0)
  }

  @Test func `a step that is an activation function is of that kind`() {
    #expect(Step(name: "r", operatorName: "ReLU", activation: .rectifier).kind == .activation)
    #expect(Step(name: "c", operatorName: "Convolution").kind == .other)
  }
}

import AttributionKit
import Tensors
import TestSupport
import Testing

/// What becomes of what attributions say about themselves when they are combined.
@Suite struct FactsTests {
  let session: ExplanationSession

  init() throws {
    let network = ChainNetwork.tiny()
    session = try ExplanationSession(of: network, on: network.sample, for: .prediction)
  }

  /// A map that says these things about itself.
  private struct Saying: AttributionMethod {
    var values = Tensor([1, 2, -5, 4], shape: [2, 2])
    let facts: [Fact]

    func attribution(in session: ExplanationSession) throws -> Attribution {
      Attribution(values, at: session.inputLayer, facts: facts)
    }
  }

  private func facts(_ method: any AttributionMethod) throws -> [Fact] { try method.attribution(in: session).facts }

  private func coverage(_ crossed: [Step.Activation?]) -> RuleCoverage {
    struct Rule: GradientRule {
      func crossing(_ step: Step) -> Crossing { step.activation == .rectifier ? .positive : .derivative }
    }
    return RuleCoverage(of: Rule(), over: crossed.map { Step(name: "", operatorName: "", activation: $0) })
  }

  @Test func `the conveniences read the list`() throws {
    let one = coverage([.rectifier, .other]), sum = Completeness(of: Tensor([1], shape: [1]), expected: 2)
    let attribution = try Saying(facts: [.remark("a"), .coverage(one), .completeness(sum), .remark("b")])
      .attribution(in: session)
    #expect(attribution.remarks == ["a", "b"] && attribution.coverage == one && attribution.completeness == sum)
    let silent = try Saying(facts: []).attribution(in: session)
    #expect(silent.remarks.isEmpty && silent.coverage == nil && silent.completeness == nil)
  }

  @Test func `of several methods every remark is kept once, and the first coverage`() throws {
    let (first, second) = (coverage([.rectifier]), coverage([.rectifier, .other]))
    let methods = [
      Saying(facts: [.remark("a"), .remark("b")]), Saying(facts: [.coverage(first), .remark("b")]),
      Saying(facts: [.coverage(second), .remark("c")]),
    ]
    let expected: [Fact] = [.coverage(first), .remark("a"), .remark("b"), .remark("c")]
    #expect(try facts(Mean(methods)) == expected && facts(Maximum(methods)) == expected)
    #expect(try facts(methods[0] * methods[0]) == [.remark("a"), .remark("b")])
  }

  @Test func `what is said about a sum holds only where the sum is known`() throws {
    let complete = Saying(
      facts: [.completeness(Completeness(of: Tensor([1, 2, -5, 4], shape: [2, 2]), expected: 3)), .remark("so")])
    #expect(try facts(Absolute(complete)) == [.remark("so")])
    #expect(try facts(Mean([complete])) == [.remark("so")])
    let negative = try Negative(complete).attribution(in: session)
    #expect(negative.completeness?.sum == -2 && negative.completeness?.expected == -3)
    #expect(try Negative(Negative(complete)).attribution(in: session) == complete.attribution(in: session))
  }

  /// A remark on every second input only, and a sum that grows with the input.
  private struct Wavering: AttributionMethod {
    func attribution(in session: ExplanationSession) throws -> Attribution {
      let first = session.input.scalars[0], values = Tensor([first], shape: [1, 1])
      return Attribution(
        values, at: session.inputLayer,
        facts: [.completeness(Completeness(of: values, expected: 2 * first)), .remark("always")]
          + (first > session.input.scalars[1] ? [.remark("sometimes")] : []))
    }
  }

  @Test func `of many inputs the mean adds up to the mean, and a remark must hold of all`() throws {
    let smooth = try Smooth(Wavering(), samples: 20, noise: 1).attribution(in: session)
    #expect(smooth.remarks == ["always"])
    let completeness = try #require(smooth.completeness)
    #expect(abs(completeness.expected - 2 * smooth.values.scalars[0]) < 1e-5)
    #expect(completeness.sum == smooth.values.scalars[0])
  }
}

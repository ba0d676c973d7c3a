import AttributionKit
import GradientMethod
import IntegratedGradientsMethod
import Tensors
import TestSupport
import Testing

@Suite struct IntegratedGradientsTests {
  let network = ChainNetwork.tiny(activation: ChainStep.silu)

  /// Equation 1 by a midpoint sum of a thousand gradients, in double.
  @Test(arguments: [Baseline.zero, .mean]) func `the values are equation 1`(baseline: Baseline) throws {
    let session = try session(of: network, for: .logit(1))
    let x = session.input, x0 = try session.baseline(baseline)
    var integral = [Double](repeating: 0, count: x.scalars.count)
    for step in 0..<1000 {
      let point = x0 + (Float(step) + 0.5) / 1000 * (x - x0)
      let gradient = try ExplanationSession(of: network, on: point, for: .logit(1)).inputGradient()
      for i in integral.indices { integral[i] += Double(gradient.scalars[i]) / 1000 }
    }
    let values = try IntegratedGradients(baseline: baseline).attribution(in: session).values
    for i in integral.indices {
      #expect(abs(Double(values.scalars[i]) - Double(x.scalars[i] - x0.scalars[i]) * integral[i]) < 1e-5)
    }
  }

  @Test func `the values add up to the difference of the scores`() throws {
    for target in 0..<4 {
      let session = try session(of: network, for: .logit(target))
      let attribution = try IntegratedGradients(baseline: .zero).attribution(in: session)
      let completeness = try #require(attribution.completeness)
      let dark = try network.trace(0 * network.sample).logits.scalars[target]
      #expect(completeness.expected == session.score.value - dark)
      #expect(abs(completeness.error) < 1e-5 * max(1, abs(completeness.expected)))
      #expect(abs(completeness.sum - attribution.values.scalars.reduce(0, +)) < 1e-5)
    }
  }

  @Test func `too few steps are told by the completeness`() throws {
    let rectified = try session(of: .tiny())
    let coarse = try #require(IntegratedGradients(steps: 1, baseline: .noise).attribution(in: rectified).completeness)
    let fine = try #require(IntegratedGradients(steps: 200, baseline: .noise).attribution(in: rectified).completeness)
    #expect(abs(coarse.error) > 10 * abs(fine.error))
  }

  /// Between zero and the input a network of rectifiers without offsets is linear.
  @Test func `of a homogeneous network it is input times gradient`() throws {
    let session = try session(of: .tiny())
    let values = try IntegratedGradients(steps: 3, baseline: .zero).attribution(in: session).values
    #expect(values.distance(to: session.input * (try session.inputGradient())) < 1e-5)
  }

  @Test func `an input that is its own baseline has nothing to attribute`() throws {
    let session = try ExplanationSession(of: network, on: 0 * network.sample, for: .logit(0))
    let attribution = try IntegratedGradients().attribution(in: session)
    #expect(attribution.status == .zeroGradient)
    #expect(attribution.completeness?.error == 0)
    #expect(attribution.remarks.count == 1, "black was taken to be zero")
  }

  @Test(arguments: ["0", "-3", "10001", "many"]) func `a number of steps that makes no sense is refused`(steps: String)
  {
    #expect(throws: AttributionError.self) { try IntegratedGradients.descriptor.method(["steps": steps]) }
  }

  @Test(arguments: [0, -3]) func `a value with no steps says so when it is run`(steps: Int) throws {
    let expected = AttributionError.unusableParameter(
      "steps", value: "\(steps)", method: "integrated-gradients", expected: "a whole number from 1")
    #expect(throws: expected) { try IntegratedGradients(steps: steps).attribution(in: session(of: network)) }
  }

  @Test func `its cost is that of its own number of steps`() throws {
    let expression = try MethodExpression(
      parsing: "integrated-gradients(steps=200)", among: [IntegratedGradients.descriptor])
    #expect("\(expression.cost())" == "201 forward and 200 backward passes")
    #expect(IntegratedGradients.descriptor.cost() == .forward(51) + .backward(50))
    let small = IntegratedGradients(steps: 7, baseline: .zero)
    _ = try small.attribution(in: session(of: network))
    #expect(network.forwardPasses == 1 + small.cost(on: network).forward)
  }

  @Test func `cancelled midway, it leaves nothing half done`() throws {
    struct Enough: Error {}
    let options = SessionOptions { if $0.passes == 20 { throw Enough() } }
    let session = try ExplanationSession(of: network, on: network.sample, for: .logit(1), options: options)
    let plain = try session.inputGradient()
    #expect(throws: Enough.self) { try IntegratedGradients(baseline: .zero).attribution(in: session) }
    #expect(network.forwardPasses == 21, "twenty of fifty steps were made, and nothing after them")
    // The session explains as before, and the same method in it as in a session of its own.
    #expect(try session.inputGradient() == plain)
    let fresh = try ExplanationSession(of: network, on: network.sample, for: .logit(1))
    let small = IntegratedGradients(steps: 10, baseline: .zero)
    #expect(try small.attribution(in: session) == small.attribution(in: fresh))
  }
}

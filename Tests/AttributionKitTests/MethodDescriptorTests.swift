import AttributionKit
import Testing

@Suite struct MethodDescriptorTests {
  @Test func `defaults are those of the method itself`() throws {
    #expect(Weighing.descriptor.parameters.map(\.defaultValue) == ["automatic", "1.0", "false"])
    let method = try #require(try Weighing.descriptor.method() as? Weighing)
    #expect(method.targetLayer == .automatic && method.strength == 1 && !method.isNegated)
  }

  @Test func `parameters are set by name`() throws {
    let method = try #require(try Weighing.descriptor.method(["layer": "relu1", "strength": "3"]) as? Weighing)
    #expect(method.targetLayer == .matching("relu1") && method.strength == 3)
  }

  @Test func `a parameter that is not there names those that are`() {
    let known = ["layer", "strength", "negated"]
    #expect(throws: AttributionError.unknownParameter("colour", method: "weighing", known: known)) {
      try Weighing.descriptor.method(["colour": "red"])
    }
  }

  @Test func `coverage counts the activations that a rule crosses in its own way`() {
    struct OnlySiLU: GradientRule {
      func crossing(_ step: Step) -> Crossing { step.operatorName == "SiLU" ? .positive : .derivative }
    }
    let steps = [
      Step(name: "a", operatorName: "Convolution"), Step(name: "b", operatorName: "ReLU", activation: .rectifier),
      Step(name: "c", operatorName: "SiLU", activation: .other),
    ]
    let coverage = RuleCoverage(of: OnlySiLU(), over: steps)
    #expect(coverage.crossed == 1 && coverage.activations == 2)
  }
}

import AttributionKit
import ExtrasPlugin
import Tensors
import Testing

@Suite struct ExtrasTests {
  @Test func `a margin is held against the strongest of the others`() throws {
    let outputs = Outputs(logits: Tensor([1, 5, 3, 2], shape: [4]))
    let (leader, second) = (try Margin(index: 1).score(of: outputs), try Margin(index: 2).score(of: outputs))
    #expect(leader.value == 2 && leader.contrastIndex == 2)
    #expect(second.value == -2 && second.contrastIndex == 1)
    #expect(second.cotangents.explained?.scalars == [0, -1, 1, 0])
    #expect(throws: AttributionError.noSuchClass(9, count: 4)) {
      try Margin(index: 9).score(of: outputs)
    }
    #expect(throws: Refusal.self) { try Margin(index: 0).score(of: Outputs(logits: Tensor([1], shape: [1]))) }
  }

  @Test func `a margin is asked for with one class`() throws {
    let request = {
      TargetRequest(arguments: $0, outputs: Outputs(logits: Tensor([1, 2], shape: [2]))) { Int($0) ?? 0 }
    }
    #expect(try Margin.descriptor.target(request(["1"])) as? Margin == Margin(index: 1))
    #expect(throws: Refusal.self) { try Margin.descriptor.target(request([])) }
  }

  @Test func `rectifiers alone are crossed as if they were not there`() throws {
    let rule = LinearBackpropagation()
    guard case .replaced(let cross) = rule.crossing(Step(name: "r", operatorName: "ReLU", activation: .rectifier))
    else {
      Issue.record("a rectifier keeps its derivative")
      return
    }
    let cotangent = Tensor([1, -2], shape: [2])
    #expect(try cross(cotangent) == cotangent)
    if case .derivative = rule.crossing(Step(name: "s", operatorName: "SiLU", activation: .other)) { return }
    Issue.record("another activation lost its derivative")
  }
}

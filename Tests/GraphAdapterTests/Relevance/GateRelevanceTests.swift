import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import Testing

/// Squeeze-excitation: a gate scales what it is computed from.
@Suite struct GateRelevanceTests {
  /// Maps `x`, one gate for each of three channels, from the maps' means, and the mean of the gated maps classified.
  private func session(gateFirst: Bool) throws -> ExplanationSession {
    let pointwise = ConvolutionGeometry(
      strides: [1, 1], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0], groups: 1)
    let constants = ["w1": varied([3, 2, 1, 1], 1.3), "w2": varied([3, 3, 1, 1], 2.7), "head": varied([3, 2], 4.1)]
    let graph = Graph(
      inputs: [.init("image", shape: [1, 2, 3, 3])],
      nodes: [
        Node(Convolution(pointwise), ["image", "w1"], to: "conv"), Node(ElementwiseFunction(.relu), ["conv"], to: "x"),
        Node(GlobalAveragePool(), ["x"], to: "means"), Node(Convolution(pointwise), ["means", "w2"], to: "squeezed"),
        Node(ElementwiseFunction(.sigmoid), ["squeezed"], to: "gate"),
        Node(Arithmetic(.multiply), gateFirst ? ["gate", "x"] : ["x", "gate"], to: "gated"),
        Node(GlobalAveragePool(), ["gated"], to: "mean"), Node(Reshape(to: [1, 3]), ["mean"], to: "flat"),
        Node(Linear(), ["flat", "head"], to: "logits"),
      ], constants: constants.mapValues { $0.asConstant() }, outputs: ["logits"])
    return try ExplanationSession(of: GraphModel(graph), on: varied([2, 3, 3], 0.6).tensor, for: .logit(0))
  }

  private func relevance(_ name: String, in session: ExplanationSession) throws -> Tensor {
    let layer = try #require(session.model.layers.first { $0.name == name })
    return try session.gradient(at: layer.native, under: RelevanceRules(.epsilon(1e-9), over: session.steps))
  }

  @Test(arguments: [true, false]) func `the signal takes all`(gateFirst: Bool) throws {
    let session = try session(gateFirst: gateFirst)
    #expect(try relevance("gate", in: session).scalars.allSatisfy { $0 == 0 })
    #expect(try relevance("x", in: session) == relevance("gated", in: session))
    // No biases: nothing is lost.
    #expect(
      abs(
        try session.inputGradient(under: RelevanceRules(.epsilon(1e-9), over: session.steps)).scalars.reduce(0, +) - 1)
        < 1e-3)
  }

  /// All to the gate instead, whose every number scales nine.
  @Test func `what was repeated gets the sum of what its copies get`() throws {
    struct ToGate: GradientRule {
      let rules: RelevanceRules
      func crossing(_ step: Step) -> Crossing {
        step.name == "gated" ? .relevance(.pass(to: 1)) : step.name == "x" ? .relevance(.stop) : rules.crossing(step)
      }
    }
    let session = try session(gateFirst: false)
    let rule = ToGate(rules: RelevanceRules(.epsilon(1e-9), over: session.steps))
    let gate = try #require(session.model.layers.first { $0.name == "gate" })
    let ofGate = try session.gradient(at: gate.native, under: rule).scalars
    let ofProduct = try relevance("gated", in: session).scalars
    for channel in 0..<3 {
      #expect(abs(ofGate[channel] - ofProduct[channel * 9..<channel * 9 + 9].reduce(0, +)) < 1e-5)
    }
    #expect(try session.inputGradient(under: rule).scalars.allSatisfy { $0 == 0 }, "relevance stops at the maps")
  }
}

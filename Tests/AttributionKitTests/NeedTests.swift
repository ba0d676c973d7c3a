import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct NeedTests {
  let network = ChainNetwork.tiny()

  /// A network that is nothing but a function.
  private struct BlackBox: ModelAdapter {
    let input: Layer
    let outputs = [Output.classes(2)]
    var layers: [Layer] { [input] }
    var automaticLayer: AutomaticLayer? { nil }

    func trace(_ inputs: [Tensor]) throws -> any ForwardTrace {
      let sum = inputs[0].scalars.reduce(0, +)
      return Answer(outputs: [Tensor([sum, -sum], shape: [2])])
    }

    struct Answer: ForwardTrace {
      let outputs: [Tensor]
      func activation(at layer: Layer) throws -> Tensor { throw Refusal("this network shows no activations") }
    }
  }

  private func reason(_ need: Need, _ model: any ModelAdapter, _ method: any AttributionMethod = Slope()) -> String? {
    need.unmet(by: model, for: method)
  }

  @Test func `a black box gives no gradients, and has places only where its input has and is named`() {
    let flat = BlackBox(input: Layer("x", shape: [5])), image = BlackBox(input: Layer("x", shape: [3, 4, 4]))
    #expect(reason(.gradients, network) == nil)
    #expect(reason(.gradients, flat)?.contains("occlusion") == true)
    #expect(reason(.spatialLayer, flat)?.contains("spatial extent") == true)
    #expect(reason(.spatialLayer, network) == nil)
    // Its input is the only layer with places: whoever wants that must name it.
    #expect(reason(.spatialLayer, image)?.contains("spatial extent") == true)
    #expect(reason(.spatialLayer, image, Weighing(targetLayer: .matching("x"))) == nil)
  }

  @Test func `a pooled linear head is looked for after the layer that the method names`() {
    #expect(reason(.pooledLinearHead, network, Weighing()) == nil)
    #expect(reason(.pooledLinearHead, network, Weighing(targetLayer: .matching("relu2"))) == nil)
    let early = reason(.pooledLinearHead, network, Weighing(targetLayer: .matching("relu1")))
    #expect(early?.contains("'relu1'") == true && early?.contains("grad-cam") == true)
    #expect(reason(.pooledLinearHead, network, Weighing(targetLayer: .matching("nowhere"))) == nil)
  }

  @Test func `an expression asks for what each of its methods needs, each on its own layer`() throws {
    let pooled = MethodDescriptor(
      "pooled", title: "Pooled", summary: "Regions.", citation: "None", needs: [.spatialLayer, .pooledLinearHead],
      prototype: Weighing(), parameters: [.layer(\.targetLayer)])
    func unmet(_ text: String, _ model: any ModelAdapter) throws -> [String] {
      try MethodExpression(parsing: text, among: toyMethods + [pooled]).unmetNeeds(by: model).map(\.need.identifier)
    }
    #expect(try unmet("mean(pooled, weighing(layer=relu1))", network) == [])
    #expect(try unmet("mean(pooled(layer=relu1), weighing)", network) == ["pooled-linear-head"])
    #expect(try unmet("layers(pooled, relu2, relu1)", network) == ["pooled-linear-head"])
    let box = BlackBox(input: Layer("x", shape: [3]))
    #expect(try unmet("smooth(slope) * mean(slope, weighing)", box) == ["gradients", "spatial-layer"])
    #expect(try unmet("refusing++", box) == [])
  }

  @Test func `a method whose need is not met is not run, and says which and why`() throws {
    struct MustNotRun: AttributionMethod {
      func attribution(in session: ExplanationSession) throws -> Attribution {
        Issue.record("it ran")
        throw AttributionError.noGradients
      }
    }
    let picky = Need("a-miracle", words: "a miracle") { _, _ in "there are none; use slope" }
    let method = MethodDescriptor(
      "picky", title: "Picky", summary: "Nothing.", citation: "None", needs: [picky], prototype: MustNotRun())
    let session = try ExplanationSession(of: network, on: network.sample, for: .prediction)
    let entries = Comparison(of: [try MethodExpression(method), try MethodExpression(Slope.descriptor)])
      .entries(in: session)
    let expected = AttributionError.unmetNeed("a miracle", of: "Picky", reason: "there are none; use slope")
    #expect(throws: expected) { try entries[0].outcome.get() }
    #expect("\(expected)" == "Picky needs a miracle: there are none; use slope")
    #expect(try entries[1].outcome.get().status == .ok)
  }

  @Test func `a black box is explained by what perturbs it, and no gradient is made up`() throws {
    let box = BlackBox(input: Layer("x", shape: [3, 2, 2]))
    let session = try ExplanationSession(of: box, on: .ramp([3, 2, 2]), for: .logit(0))
    #expect(session.steps.isEmpty && session.backwardPasses == 0)
    #expect(throws: AttributionError.noGradients) { try session.inputGradient() }
    #expect(throws: AttributionError.noGradients) {
      try session.inputGradients(of: 2) { _ in
        session.input
      } each: { _, _ in
      }
    }
    let scores = try session.scores(of: 2) { Float($0) * session.input }
    #expect(scores == [0, session.score.value])
  }

  @Test func `needs are told apart by their names`() {
    let one = Need("attention", words: "attention") { _, _ in nil }
    let other = Need("attention", words: "attention layers") { _, _ in "none" }
    #expect(one == other && Set([one, other, .gradients]).count == 2)
    #expect("\(Need.spatialLayer)" == "a spatial layer")
  }
}

import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct ComparisonTests {
  let network = ChainNetwork.tiny()

  func entries(_ text: String) throws -> (entries: [Comparison.Entry], session: ExplanationSession) {
    let session = try ExplanationSession(of: network, on: network.sample, for: .prediction)
    let expressions = try MethodExpression.list(parsing: text, among: toyMethods)
    return (Comparison(of: expressions).entries(in: session), session)
  }

  @Test func `results come in the order asked for`() throws {
    let text = "slope, weighing(layer=relu1), refusing++, weighing"
    #expect(try entries(text).entries.map(\.expression.identifier).joined(separator: ", ") == text)
  }

  @Test func `one walk back serves all, however they are ordered`() throws {
    let (entries, session) = try entries(
      "slope, weighing(layer=relu1), weighing * slope, weighing(layer=relu2), weighing")
    #expect(session.backwardPasses == 1)
    #expect(network.forwardPasses == 1)
    #expect(try entries[0].outcome.get().layer == network.input)
    #expect(try entries[1].outcome.get().layer.name == "relu1")
    #expect(try entries[4].outcome.get() == entries[3].outcome.get())
  }

  @Test(arguments: [
    "weighing(layer=relu1), layers(weighing, conv1, relu2, relu1), slope, abs(weighing(layer=conv1))",
    "weighing * slope, weighing(layer=relu1), mean(slope, weighing(layer=conv2)), weighing(layer=conv1)",
    "slope * weighing(layer=relu1), slope * weighing(layer=conv2), slope * weighing",
  ]) func `one walk back serves combinations on several layers among others`(text: String) throws {
    let (entries, session) = try entries(text)
    #expect(session.backwardPasses == 1)
    for entry in entries {
      let alone = try self.entries(entry.expression.identifier).entries[0]
      #expect(try entry.outcome.get() == alone.outcome.get(), "\(entry.expression.identifier)")
    }
  }

  @Test func `methods without gradients walk nowhere`() throws {
    struct Seen: LayerMethod {
      var targetLayer = TargetLayer.automatic
      func map(on layer: Layer, in session: ExplanationSession) throws -> Tensor {
        try session.activation(at: layer).channelSum()
      }
      func cost(on model: (any ModelAdapter)?) -> Cost { .zero }
    }
    let seen = MethodDescriptor(
      "seen", title: "Seen", summary: "Activations.", citation: "None", needs: [.spatialLayer], prototype: Seen(),
      parameters: [.layer(\.targetLayer)])
    let session = try ExplanationSession(of: network, on: network.sample, for: .prediction)
    let expressions = try MethodExpression.list(parsing: "seen, layers(seen, relu1, relu2)", among: [seen])
    for entry in Comparison(of: expressions).entries(in: session) {
      #expect(throws: Never.self) { try entry.outcome.get() }
    }
    #expect(session.backwardPasses == 0)
  }

  @Test func `one failure does not stop the others`() throws {
    let (entries, _) = try entries("refusing++, weighing(layer=nowhere), slope")
    #expect(throws: AttributionError.noSpatialLayer) { try entries[0].outcome.get() }
    #expect(throws: AttributionError.self) { try entries[1].outcome.get() }
    #expect(try entries[2].outcome.get().status == .ok)
    #expect(entries.allSatisfy { $0.duration >= .zero })
  }

  @Test func `a map that is all negative is told what to try, but not what has been done`() throws {
    struct Against: AttributionMethod {
      var counterfactual = false

      func attribution(in session: ExplanationSession) throws -> Attribution {
        Attribution(Tensor([-1, -2], shape: [1, 2]), at: session.inputLayer)
      }
    }
    func method(_ parameters: [Parameter<Against>]) -> MethodDescriptor {
      MethodDescriptor(
        "against", title: "Against", summary: "Nothing speaks for it.", citation: "None", needs: [],
        prototype: Against(), parameters: parameters)
    }
    let turning = method([Parameter("counterfactual", \.counterfactual, help: "turn", expected: "true or false")])
    let session = try entries("slope").session
    func hint(_ expression: MethodExpression) -> String? { Comparison(of: [expression]).entries(in: session)[0].hint }
    #expect(hint(try MethodExpression(turning))?.contains("counterfactual=true") == true)
    #expect(hint(try MethodExpression(method([])))?.contains("negative(…)") == true)
    let turned = hint(try MethodExpression(turning, ["counterfactual": "true"]))
    #expect(turned?.contains("speaks") == false && turned?.contains("counterfactual") == false)
    #expect(turned?.contains("another layer") == true)
    #expect(try entries("slope").entries[0].hint == nil && entries("refusing++").entries[0].hint == nil)
  }

  /// A chain whose adapter knows of weights that are no numbers.
  private struct Damaged: ModelAdapter {
    let chain = ChainNetwork.tiny()
    var input: Layer { chain.input }
    var outputs: [Output] { chain.outputs }
    var layers: [Layer] { chain.layers }
    var automaticLayer: AutomaticLayer? { chain.automaticLayer }
    var damagedLayer: Layer? { chain.layers[3] }
    func trace(_ inputs: [Tensor]) throws -> any ForwardTrace { try chain.trace(inputs) }
  }

  @Test func `a status knows the method and the network besides the values`() throws {
    struct Nothing: AttributionMethod {
      func attribution(in session: ExplanationSession) throws -> Attribution {
        Attribution(Tensor(repeating: 0, shape: [4, 4]), at: session.inputLayer)
      }
    }
    func method(_ name: String, _ family: MethodFamily = .cams, _ needs: [Need] = []) -> MethodDescriptor {
      MethodDescriptor(
        name, title: name, family: family, summary: "Nothing.", citation: "None", needs: needs, prototype: Nothing())
    }
    let methods = [method("sloped", .cams, [.gradients]), method("looked"), method("control", .controls)]
    func compared(_ model: any ModelAdapter) throws -> [Comparison.Entry] {
      let session = try ExplanationSession(of: model, on: network.sample, for: .prediction)
      return Comparison(of: try methods.map { try MethodExpression($0) }).entries(in: session)
    }
    let entries = try compared(network)
    #expect(entries.map(\.status) == [.zeroGradient, .zero, .zero])
    #expect(entries[0].hint?.contains("gradients") == true && entries[1].hint?.contains("gradient") == false)
    let damaged = try compared(Damaged())
    #expect(damaged.map(\.status) == [nil, .nonFinite, .zero], "the first needs gradients, the last asks no network")
    #expect(damaged[1].hint?.contains("weights of 'conv2'") == true)
  }
}

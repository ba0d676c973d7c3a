import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import Testing

/// Rules of relevance propagation as values, against the same rules written out as sums over every weight.
@Suite struct RelevanceTests {
  private func session(_ network: ResidualNetwork, of logit: Int = 1) throws -> ExplanationSession {
    try ExplanationSession(of: GraphModel(network.graph), on: network.image.tensor, for: .logit(logit))
  }

  @Test(arguments: NaiveRule.allCases.filter { $0 != .zBox }) func `a rule for all linear steps`(
    rule: NaiveRule
  ) throws {
    let network = ResidualNetwork(), session = try session(network)
    let expected = network.relevance(of: 1, rule, first: rule)
    let composite = Composite(linear: rule.relevance)
    try expectClose(session.inputGradient(under: composite), expected.pixels)
    try expectClose(session.gradient(at: layer("pool", in: session), under: composite), expected.pooled)
  }

  @Test(arguments: NaiveRule.allCases) func `another rule for the first`(rule: NaiveRule) throws {
    let network = ResidualNetwork()
    let composite = Composite(linear: .gamma(0.25), first: rule.relevance)
    try expectClose(
      session(network).inputGradient(under: composite), network.relevance(of: 1, .gamma, first: rule).pixels)
  }

  @Test func `a normalisation behind a convolution has the relevance of both`() throws {
    let session = try session(ResidualNetwork()), composite = Composite(linear: .zPlus)
    let norm = try session.gradient(at: layer("norm2", in: session), under: composite)
    #expect(try session.gradient(at: layer("conv2", in: session), under: composite) == norm)
  }

  /// Without biases nothing is lost, but for what stabilises the quotients; z⁺, flat and w² may hand relevance to what is
  /// zero, so that they are taken at the first step only.
  @Test(arguments: [NaiveRule.gamma, .zPlus, .alphaBeta, .zBox, .flat, .wSquare]) func `relevance is conserved`(
    rule: NaiveRule
  ) throws {
    let network = ResidualNetwork(hasBias: false), session = try session(network)
    let composite = Composite(
      linear: .gamma(0.25).stabilized(by: 1e-9), first: rule.relevance.stabilized(by: 1e-9), others: 1e-9)
    for name in ["relu2", "pool", "conv1"] {
      let relevance = try session.gradient(at: layer(name, in: session), under: composite)
      #expect(abs(relevance.scalars.reduce(0, +) - 1) < 1e-3, "\(name)")
    }
    #expect(abs(try session.inputGradient(under: composite).scalars.reduce(0, +) - 1) < 1e-3)
  }

  @Test func `several images have each its own relevance`() throws {
    let network = ResidualNetwork()
    let model = try GraphModel(network.graph) { images in
      var graph = network.graph
      graph.inputs = [.init("image", shape: [images, 2, 6, 6])]
      graph.nodes = graph.nodes.map {
        $0.output == "mean" ? Node(Reshape(to: [images, 3]), ["average"], to: "mean") : $0
      }
      return graph
    }
    let images = [network.image.tensor, -1 * network.image.tensor, 0.5 * network.image.tensor]
    let rule = Composite(linear: .gamma(0.5), first: .zBox(low: [-1], high: [1]))
    var batched: [Tensor] = []
    let session = try ExplanationSession(of: model, on: images[0], for: .logit(0))
    try session.inputGradients(of: 3, under: rule, images: { images[$0] }, each: { batched.append($1) })
    for (image, relevance) in zip(images, batched) {
      let alone = try ExplanationSession(of: model, on: image, for: .logit(0)).inputGradient(under: rule)
      try expectClose(relevance, alone.scalars.map(Double.init))
    }
  }

  @Test func `plain gradients after it are what they were`() throws {
    let session = try session(ResidualNetwork()), before = try session.inputGradient()
    _ = try session.inputGradient(under: Composite(linear: .zPlus))
    #expect(try self.session(ResidualNetwork()).inputGradient() == before)
    let other = try self.session(ResidualNetwork())
    _ = try other.inputGradient(under: Composite(linear: .zPlus))
    #expect(try other.inputGradient() == before)
  }

  @Test func `steps are told apart by what they do`() throws {
    let steps = try session(ResidualNetwork()).steps
    func step(_ name: String) throws -> Step { try #require(steps.first { $0.name == name }) }
    let kinds = try ["conv1", "norm1", "relu1", "pool", "sum", "average", "mean", "logits"].map { try step($0).kind }
    #expect(
      kinds == [
        .linear, .normalization, .activation, .pooling(.max), .sum, .pooling(.average), .movement, .linear,
      ])
    #expect(steps.filter(\.isFirst).map(\.name) == ["conv1"])
    #expect(try step("norm1").foldedInto == "conv1" && step("norm2").foldedInto == "conv2")
    #expect(steps.count { $0.foldedInto != nil } == 2)
    #expect(try step("conv2").inputs == ["pool", "w2", "b2"])
  }

  @Test func `a rule that does not fit a step says so`() throws {
    let network = ResidualNetwork()
    struct Everywhere: GradientRule {
      let kind: Step.Kind
      let relevance: Relevance
      func crossing(_ step: Step) -> Crossing { step.kind == kind ? .relevance(relevance) : .derivative }
    }
    func failure(_ kind: Step.Kind, _ relevance: Relevance) throws -> String {
      let session = try session(network)
      do {
        _ = try session.inputGradient(under: Everywhere(kind: kind, relevance: relevance))
        return ""
      } catch { return "\(error)" }
    }
    #expect(try failure(.activation, .zPlus).contains("takes parts of the weights of 'relu2'"))
    #expect(try failure(.pooling(.average), .pass).contains("changes its cotangent's shape"))
    #expect(try failure(.linear, .zBox(low: [0, 0, 0, 0], high: [1, 1, 1, 1])).contains("4 bounds do not fit"))
  }

  private func layer(_ name: String, in session: ExplanationSession) throws -> Layer {
    try #require(session.model.layers.first { $0.name == name })
  }
}

/// Within 1e-4 of the largest.
func expectClose(_ relevance: Tensor, _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation) throws {
  try #require(relevance.scalars.count == expected.count, sourceLocation: sourceLocation)
  let largest = expected.reduce(1e-9) { max($0, abs($1)) }
  let deviation = zip(relevance.scalars, expected).reduce(0.0) { max($0, abs(Double($1.0) - $1.1)) }
  #expect(deviation <= 1e-4 * largest, sourceLocation: sourceLocation)
  #expect(largest > 1e-3, "nothing is compared", sourceLocation: sourceLocation)
}

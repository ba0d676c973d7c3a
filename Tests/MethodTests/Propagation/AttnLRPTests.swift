import AttnLRPMethod
import AttributionKit
import CPLRPMethod
import GraphAdapter
import Tensors
import Testing

@Suite struct AttnLRPTests {
  let reference: PropagationReference
  let session: ExplanationSession

  init() throws {
    reference = try PropagationReference.load()
    session = try ExplanationSession(
      of: reference.transformer.transformerModel(), on: PropagationReference.image,
      for: .logit(PropagationReference.target))
  }

  @Test func `the network computes the reference's logits`() throws {
    try expectClose(session.logits, reference.transformer.logits)
  }

  @Test func `both have LXT's numbers`() throws {
    try expectClose(
      AttnLRP(gamma: 0).attribution(in: session).values, try #require(reference.lxt["attn-lrp"]), "AttnLRP")
    try expectClose(CPLRP(gamma: 0).attribution(in: session).values, try #require(reference.lxt["cp-lrp"]), "CP-LRP")
  }

  private func total(_ name: String, under method: some RelevanceMethod) throws -> Float {
    let layer = try #require(session.model.layers.first { $0.name == name })
    let beginning = try session.retargeted(to: InitialRelevance(of: session.target))
    return try beginning.gradient(at: layer.native, under: method.rules(in: session)).scalars.reduce(0, +)
  }

  /// Proposition 3.3: a product of matrices hands half to each of them.
  @Test func `weights of attention and values share relevance alike`() throws {
    for gamma in [0, 0.25] as [Float] {
      let method = AttnLRP(gamma: gamma), whole = try total("blocks.1.looked", under: method)
      #expect(abs(whole) > 1e-3)
      #expect(abs(try total("blocks.1.attention", under: method) - whole / 2) < 1e-4 * max(1, abs(whole)))
      #expect(abs(try total("blocks.1.value.heads", under: method) - whole / 2) < 1e-4 * max(1, abs(whole)))
    }
  }

  /// Ali et al., AH rule: with the weights constant, values have all of it.
  @Test func `conservative propagation gives values everything, queries and keys nothing`() throws {
    let method = CPLRP(gamma: 0), whole = try total("blocks.1.looked", under: method)
    #expect(abs(try total("blocks.1.value.heads", under: method) - whole) < 1e-4 * max(1, abs(whole)))
    for name in ["blocks.1.scaled", "blocks.1.query", "blocks.1.key"] { #expect(try total(name, under: method) == 0) }
    #expect(try total("blocks.1.query", under: AttnLRP(gamma: 0)) != 0)
  }

  @Test func `on a layer it is drawn on the patches' grid`() throws {
    let map = try AttnLRP(layer: .layer(.automatic)).attribution(in: session)
    #expect(map.values.shape == [3, 3])
    #expect(
      try AttnLRP(gamma: 0.1).attribution(in: session).values != AttnLRP(gamma: 0).attribution(in: session).values)
  }

  @Test func `a network without attention is left to lrp`() throws {
    let model = try reference.convolutional.convolutionalModel()
    for descriptor in [AttnLRP.descriptor, CPLRP.descriptor] {
      let expression = try MethodExpression(descriptor)
      let reason = try #require(expression.unmetNeeds(by: model).first?.reason)
      #expect(reason.contains("use lrp"))
      #expect(expression.unmetNeeds(by: session.model).isEmpty)
    }
  }
}

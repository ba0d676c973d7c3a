import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import TestSupport
import Testing

/// Runs that begin anew at a layer, and the way back through them.
@Suite struct BranchingTests {
  private func layer(_ name: String, of model: GraphModel) throws -> Layer {
    try #require(model.layers.first { $0.name == name })
  }

  @Test(arguments: ["conv1", "norm1", "relu1", "pool", "conv2", "norm2", "relu2"])
  func `with the layer's own activation everything is as it was`(name: String) throws {
    let network = ResidualNetwork(), model = try GraphModel(network.graph)
    let session = try ExplanationSession(of: model, on: network.image.tensor, for: .logit(1))
    let layer = try layer(name, of: model), activation = try session.activation(at: layer)
    let resumed = try session.resumed(replacing: layer, with: activation)
    #expect(resumed.logits.distance(to: session.logits) < 1e-5)
    #expect(try resumed.gradient(at: layer).distance(to: session.gradient(at: layer)) < 1e-5)
    #expect(try resumed.activation(at: layer) == activation)
    let last = try self.layer("relu2", of: model)
    #expect(try resumed.activation(at: last).distance(to: session.activation(at: last)) < 1e-5)
    #expect(try resumed.gradient(at: last).distance(to: session.gradient(at: last)) < 1e-5)
    #expect(session.backwardPasses <= 2 && resumed.backwardPasses <= 2, "walks of a branch are its own")
  }

  /// The gradient at another activation is that of a difference of scores, also where a shortcut bypasses the layer.
  @Test(arguments: ["norm1", "conv2", "norm2"]) func `the gradient is the slope of the resumed score`(
    name: String
  ) throws {
    let network = ResidualNetwork(), model = try GraphModel(network.graph)
    let session = try ExplanationSession(of: model, on: network.image.tensor, for: .logit(2))
    let layer = try layer(name, of: model), a = try 0.7 * session.activation(at: layer)
    let direction = varied(layer.shape, 4.4).tensor, step: Float = 1e-2
    let gradient = try session.resumed(replacing: layer, with: a).gradient(at: layer)
    let slope = zip(gradient.scalars, direction.scalars).reduce(0) { $0 + $1.0 * $1.1 }
    let scores = try session.scores(of: 2, replacing: layer) { a + ($0 == 0 ? step : -step) * direction }
    #expect(abs((scores[0] - scores[1]) / (2 * step) - slope) < 2e-2 * max(1, abs(slope)))
    let resumed = try session.resumed(replacing: layer, with: a).score.value
    #expect(try abs(resumed - session.scores(of: 1, replacing: layer) { _ in a }[0]) < 1e-5)
  }

  /// Tokens without a place stay as they are.
  @Test func `of a transformer the maps are replaced, and the class token stays`() throws {
    let model = try GraphModel(TinyTransformer().graph)
    let session = try ExplanationSession(of: model, on: numbers([3, 8, 12]).tensor, for: .logit(1))
    let tokens = try layer("tokens", of: model), maps = try session.activation(at: tokens)
    let resumed = try session.resumed(replacing: tokens, with: 2 * maps)
    let (before, after) = (try session.activation(at: tokens.native), try resumed.activation(at: tokens.native))
    #expect(before.scalars[0..<4] == after.scalars[0..<4])
    #expect(after.scalars[4...].elementsEqual(before.scalars[4...].map { 2 * $0 }))
    #expect(try resumed.gradient(at: tokens).shape == tokens.shape)
  }

  @Test func `what lies before the layer, and what does not fit it, are errors`() throws {
    let network = ResidualNetwork(), model = try GraphModel(network.graph)
    let session = try ExplanationSession(of: model, on: network.image.tensor, for: .logit(0))
    let (relu1, relu2) = (try layer("relu1", of: model), try layer("relu2", of: model))
    let resumed = try session.resumed(replacing: relu2, with: session.activation(at: relu2))
    #expect(throws: GraphError.self) { try resumed.activation(at: relu1) }
    #expect(throws: GraphError.self) { try resumed.inputGradient() }
    #expect(throws: AttributionError.wrongShape([1], for: relu2)) {
      try session.resumed(replacing: relu2, with: Tensor([1], shape: [1]))
    }
    #expect(resumed.steps.map(\.name) == ["average", "mean", "logits"])
  }
}

/// What steps add to a linear function of what they read.
@Suite struct ImplicitBiasTests {
  /// `Σ x ⊙ ∂y/∂x + Σ b ⊙ ∂y/∂b`, over all layers.
  private func total(of session: ExplanationSession) throws -> Float {
    var sum = try zip(session.input.scalars, session.inputGradient().scalars).reduce(0.0) {
      $0 + Double($1.0) * Double($1.1)
    }
    for layer in session.model.layers where layer != session.inputLayer {
      guard let bias = try session.implicitBias(at: layer.native) else { continue }
      let g = try session.gradient(at: layer.native)
      sum += zip(bias.scalars, g.scalars).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    }
    return Float(sum)
  }

  @Test func `with normalisations folded in they add up to the score`() throws {
    let network = ResidualNetwork(), model = try GraphModel(network.graph)
    for target in 0..<3 {
      let session = try ExplanationSession(of: model, on: network.image.tensor, for: .logit(target))
      #expect(try abs(total(of: session) - session.score.value) < 1e-4)
    }
  }

  /// A normalisation's shift is told with the convolution before it, at the normalisation.
  @Test func `a normalisation takes the bias of its convolution along`() throws {
    let network = ResidualNetwork(), model = try GraphModel(network.graph)
    let session = try ExplanationSession(of: model, on: network.image.tensor, for: .logit(0))
    func layer(_ name: String) throws -> Layer { try #require(model.layers.first { $0.name == name }) }
    #expect(try session.implicitBias(at: layer("conv1")) == nil && session.implicitBias(at: layer("relu1")) == nil)
    let bias = try #require(try session.implicitBias(at: layer("norm1")))
    #expect(bias.shape == (try layer("norm1")).shape)
    // What the two steps make of a black image, away from the border as much as at it.
    let dark = try ExplanationSession(of: model, on: 0 * network.image.tensor, for: .logit(0))
    #expect(try bias.distance(to: dark.activation(at: layer("norm1"))) < 1e-5)
    let plain = try GraphModel(ResidualNetwork(hasBias: false).graph)
    let without = try ExplanationSession(of: plain, on: network.image.tensor, for: .logit(0))
    #expect(try plain.layers.allSatisfy { try without.implicitBias(at: $0) == nil })
  }

  /// Layer normalisation, attention, the class token and the positions.
  @Test(arguments: [TinyTransformer.Head.classToken, .meanOfPatches]) func `of a transformer they add up to the score`(
    head: TinyTransformer.Head
  ) throws {
    let session = try ExplanationSession(
      of: GraphModel(TinyTransformer(head: head).graph), on: numbers([3, 8, 12]).tensor, for: .logit(1))
    #expect(try abs(total(of: session) - session.score.value) < 1e-3)
  }

  /// Activation functions, gates and constants, each with what its slope leaves over.
  @Test func `smooth functions, products and constants count too`() throws {
    let geometry = ConvolutionGeometry(
      strides: [1, 1], dilations: [1, 1], paddingBefore: [1, 1], paddingAfter: [1, 1], groups: 1)
    let graph = Graph(
      inputs: [.init("image", shape: [1, 2, 4, 4])],
      nodes: [
        Node(Convolution(geometry), ["image", "w"], to: "conv"),
        Node(ElementwiseFunction(.sigmoid), ["conv"], to: "gate"),
        Node(Arithmetic(.multiply), ["conv", "gate"], to: "silu"),
        Node(Arithmetic(.add), ["silu", "constant"], to: "shifted"),
        Node(ElementwiseFunction(.clip(0, 0.3)), ["shifted"], to: "clipped"),
        Node(Reduction(.mean, axes: [2, 3], keepsDimensions: false), ["clipped"], to: "mean"),
        Node(Linear(), ["mean", "head", "bias"], to: "logits"),
      ],
      constants: [
        "w": varied([3, 2, 3, 3], 1.3).asConstant(), "constant": varied([1, 3, 4, 4], 2.2).asConstant(),
        "head": varied([3, 2], 0.6).asConstant(), "bias": varied([2], 7.1).asConstant(),
      ], outputs: ["logits"])
    let session = try ExplanationSession(of: GraphModel(graph), on: varied([2, 4, 4], 0.3).tensor, for: .logit(1))
    let clipped = try #require(session.model.layers.first { $0.name == "clipped" })
    #expect(try session.implicitBias(at: clipped)?.scalars.max() == 0.3, "the constant where it is clipped")
    #expect(try abs(total(of: session) - session.score.value) < 1e-4)
  }
}

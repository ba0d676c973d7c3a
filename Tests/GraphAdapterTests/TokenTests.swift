import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import Testing

@Suite struct TokenTests {
  private let image = numbers([3, 8, 12]).tensor

  private func layer(_ name: String, of model: GraphModel) throws -> Layer {
    try #require(model.layers.first { $0.name == name })
  }

  @Test(arguments: [TinyTransformer.Embedding.convolution, .unfoldedPatches], [false, true])
  func `tokens are maps on the grid of the patches, without the class token`(
    embedding: TinyTransformer.Embedding, appendsClassToken: Bool
  ) throws {
    let model = try GraphModel(TinyTransformer(embedding: embedding, appendsClassToken: appendsClassToken).graph)
    let session = try ExplanationSession(of: model, on: image, for: .logit(1))
    for name in ["tokens", "norm1", "q", "v", "out", "sum"] {
      let layer = try layer(name, of: model)
      #expect(layer.shape == [4, 2, 3] && layer.nativeShape == [7, 4])
      let maps = try session.activation(at: layer), raw = try session.activation(at: layer.native)
      for channel in 0..<4 {
        for cell in 0..<6 {
          let token = cell + (appendsClassToken ? 0 : 1)
          #expect(maps.scalars[channel * 6 + cell] == raw.scalars[token * 4 + channel])
        }
      }
    }
    let scores = try layer("scores", of: model)
    #expect(scores.shape == [7, 2, 3], "a row of the scores belongs to its query")
    #expect(try layer("patches", of: model).shape == [4, 2, 3])
  }

  @Test func `the gradient by the maps is that by the tokens`() throws {
    let model = try GraphModel(TinyTransformer().graph)
    let session = try ExplanationSession(of: model, on: image, for: .logit(2))
    let norm1 = try layer("norm1", of: model)
    let maps = try session.gradient(at: norm1), raw = try session.gradient(at: norm1.native)
    #expect(raw.shape == [7, 4])
    let tokens = (0..<24).map { place in (place % 6 + 1) * 4 + place / 6 }
    #expect(maps.scalars == tokens.map { raw.scalars[$0] })
    #expect(maps.scalars.contains { $0 != 0 })
  }

  @Test func `a class token alone is read, so the last tokens are out of reach`() throws {
    let model = try GraphModel(TinyTransformer().graph)
    let automatic = try #require(model.automaticLayer)
    #expect(automatic.layer.name == "norm1")
    #expect(automatic.reason.contains("patches"))
    let session = try ExplanationSession(of: model, on: image, for: .logit(0))
    for name in ["q", "scores", "attention", "gathered", "out", "sum", "norm2"] {
      let layer = try layer(name, of: model)
      #expect(layer.isSpatial && !layer.reachesScore, "\(name)")
      #expect(throws: AttributionError.outOfReach(layer, nearest: automatic.layer)) { try session.gradient(at: layer) }
    }
    for name in ["patches", "tokens", "norm1", "k", "v", "kT"] {
      #expect(try layer(name, of: model).reachesScore, "\(name)")
      let gradient = try session.gradient(at: layer(name, of: model))
      #expect(gradient.scalars.contains { $0 != 0 }, "\(name)")
    }
    let error = AttributionError.outOfReach(try layer("norm2", of: model), nearest: automatic.layer)
    #expect("\(error)".contains("'norm1'"))
  }

  /// The gradient takes the scale and the range of the rounding as given, so no place reaches the score by them.
  @Test(arguments: [TinyTransformer.Rounding.fixed, .dynamic])
  func `tokens are out of reach behind a rounding, too`(rounding: TinyTransformer.Rounding) throws {
    let model = try GraphModel(TinyTransformer(rounding: rounding).graph)
    #expect(model.automaticLayer?.layer.name == "norm1")
    for name in ["sum", "whole", "back", "norm2"] {
      let layer = try layer(name, of: model)
      #expect(layer.isSpatial && !layer.reachesScore, "\(name)")
    }
    let session = try ExplanationSession(of: model, on: image, for: .logit(0))
    let gradient = try session.gradient(at: layer("sum", of: model).native)
    #expect(gradient.scalars.dropFirst(4).allSatisfy { $0 == 0 } && gradient.scalars.prefix(4).contains { $0 != 0 })
  }

  @Test func `a mean over patches is read, so the last norm is explained`() throws {
    let model = try GraphModel(TinyTransformer(head: .meanOfPatches).graph)
    #expect(model.automaticLayer?.layer.name == "norm2")
    #expect(!model.layers.contains { !$0.reachesScore })
  }

  @Test func `CAM's weights for tokens are the columns of the head`() throws {
    let model = try GraphModel(TinyTransformer(head: .meanOfPatches).graph)
    let weights = try model.pooledLinearWeights(of: Cotangents(.oneHot(1, count: 3)), after: layer("norm2", of: model))
    for k in 0..<4 { #expect(abs(weights.scalars[k] - numbers([4, 3]).scalars[k * 3 + 1]) < 1e-6) }
    let reading = try GraphModel(TinyTransformer().graph)
    let norm2 = try layer("norm2", of: reading)
    #expect(throws: AttributionError.noLinearHead(after: norm2)) {
      try reading.pooledLinearWeights(of: Cotangents(.oneHot(1, count: 3)), after: norm2)
    }
  }

  /// The slope along the gradient, by running on from tokens moved along it.
  @Test func `the network is run on from maps, the class token as it was`() throws {
    let model = try GraphModel(TinyTransformer().graph)
    let session = try ExplanationSession(of: model, on: image, for: .logit(1))
    let tokens = try layer("tokens", of: model)
    let trace = try #require(model.trace(image) as? any ResumableTrace)
    let activation = try session.activation(at: tokens), gradient = try session.gradient(at: tokens)
    let step: Float = 1e-2
    let forth = activation + step * gradient, back = activation - step * gradient
    let batch = Tensor(activation.scalars + forth.scalars + back.scalars, shape: [3] + tokens.shape)
    let logits = try trace.outputs(replacing: tokens, with: batch)[0].scalars
    for index in 0..<3 { #expect(abs(logits[index] - session.logits.scalars[index]) < 1e-5) }
    let slope = (logits[4] - logits[7]) / (2 * step)
    let expected = gradient.scalars.reduce(0) { $0 + $1 * $1 }
    #expect(abs(slope - expected) < 1e-2 * expected)
  }
}

import AttributionKit
import DarknetPlugin
import Tensors
import Testing

/// What the adapter can do beyond a forward pass and a way back.
@Suite struct AbilityTests {
  let model: DarknetModel
  let session: ExplanationSession
  let layer: Layer

  init() throws {
    model = try Files(Networks.whole, weights: Networks.wholeWeights).open()
    session = try ExplanationSession(
      of: model, on: Tensor(gaussianNoise: model.input.shape, seed: 3), for: .prediction)
    layer = try #require(model.automaticLayer?.layer)
  }

  @Test func `layers are numbered as Darknet numbers them`() {
    #expect(
      model.layers.map(\.name) == [
        "input", "0.convolutional", "0.leaky", "1.maxpool", "2.convolutional", "2.relu", "4.convolutional", "5.avgpool",
      ])
    #expect(layer.name == "2.relu")
  }

  @Test func `the pooled head's weights are those of the file`() throws {
    let weights = try model.pooledLinearWeights(of: Cotangents(.oneHot(1, count: 3)), after: layer)
    let last = Array(Networks.wholeWeights.suffix(15))
    #expect(weights.scalars == Array(last[5..<10]))
    // The logit is the weighted mean and the bias, which stands before the weights.
    let means = try session.activation(at: layer).spatialMean()
    let logit = zip(weights.scalars, means.scalars).reduce(
      Networks.wholeWeights.suffix(18)[Networks.wholeWeights.count - 17]
    ) {
      $0 + $1.0 * $1.1
    }
    #expect(abs(logit - session.logits.scalars[1]) < 1e-4)
  }

  @Test func `before another convolution there is no pooled head`() throws {
    let early = try TargetLayer.matching("0.leaky").resolve(in: model)
    #expect(throws: AttributionError.noLinearHead(after: early)) {
      try model.pooledLinearWeights(of: Cotangents(.oneHot(0, count: 3)), after: early)
    }
  }

  @Test func `many images at once are as many single ones`() throws {
    let images = (0..<5).map { Tensor(gaussianNoise: model.input.shape, seed: UInt64($0)) }
    let batch = Tensor(images.flatMap(\.scalars), shape: [5] + model.input.shape)
    let rows = try images.map { try model.trace($0).logits.scalars }
    #expect(try model.logits(for: batch).scalars == rows.flatMap { $0 })
    #expect(model.batchSize(within: 0) == 1 && model.batchSize(within: .max) > 1)
  }

  @Test func `a run goes on from a layer as it went before, or otherwise`() throws {
    let own = try session.activation(at: layer)
    let scores = try session.scores(of: 2, replacing: layer) { $0 == 0 ? own : own.map { _ in 0 } }
    #expect(scores[0] == session.score.value)
    #expect(scores[1] != session.score.value)
  }

  @Test func `rules cross activation functions in their own way`() throws {
    struct Guided: GradientRule {
      func crossing(_ step: Step) -> Crossing { step.activation == nil ? .derivative : .derivativeOfPositive }
    }
    #expect(RuleCoverage(of: Guided(), over: session.steps).crossed == 2)
    #expect(try session.inputGradient(under: Guided()) != session.inputGradient())
  }
}

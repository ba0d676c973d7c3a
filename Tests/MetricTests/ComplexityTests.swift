import AttributionKit
import ComplexityMetrics
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct ComplexityTests {
  typealias References = LocalizationReferences

  /// Of a map on a network that has nothing to say of an image of these extents.
  func judge(_ metric: any AttributionMetric, _ values: Tensor) throws -> MetricResult {
    let (height, width) = (values.shape[values.shape.count - 2], values.shape[values.shape.count - 1])
    let channels = values.shape.count == 3 ? values.shape[0] : 1
    let network = ChainNetwork(
      input: [channels, height, width],
      [
        .linear(
          "logits", weights: Tensor(repeating: 0, shape: [2, channels * height * width]),
          bias: Tensor(repeating: 0, shape: [2]))
      ])
    return try metric.result(for: explanation(values, of: network))
  }

  @Test func `numbers are those of Quantus and pytorch-grad-cam`() throws {
    for (metric, map, expected) in [
      (Sparseness(), References.scattered, References.sparseness.scattered),
      (Sparseness(), References.stepped, References.sparseness.stepped),
      (Complexity(), References.scattered, References.complexity.scattered),
      (Complexity(), References.stepped, References.complexity.stepped),
      (MapComplexity(), References.scattered, References.mapComplexity),
    ] as [(any AttributionMetric, Tensor, Float)] {
      let value = try #require(try judge(metric, map).value)
      #expect(abs(value - expected) < 1e-5, "\(metric)")
    }
    let image = References.scattered.rectified().reshaped([1, References.height, References.width])
    let network = ChainNetwork(
      input: image.shape,
      [
        .linear(
          "logits", weights: Tensor(repeating: 0, shape: [2, image.scalars.count]),
          bias: Tensor(repeating: 0, shape: [2]))
      ])
    let session = try ExplanationSession(of: network, on: image, for: .logit(0))
    let coherency = try Coherency().result(for: Explanation(by: ImageItself(), in: session))
    #expect(abs(try #require(coherency.value) - References.coherency) < 1e-5)
  }

  @Test func `a single pixel is the sparsest of maps, a constant one the least`() throws {
    var single = Tensor(repeating: 0, shape: [4, 5])
    single[7] = -3
    let constant = Tensor(repeating: 0.25, shape: [4, 5])
    #expect(abs(try #require(try judge(Sparseness(), single).value) - 0.95) < 1e-6)
    #expect(try judge(Complexity(), single).value == 0)
    #expect(abs(try #require(try judge(Sparseness(), constant).value)) < 1e-6)
    #expect(abs(try #require(try judge(Complexity(), constant).value) - Float(log(20.0))) < 1e-6)
    #expect(try judge(MapComplexity(), constant).value == 1)
    single[7] = 3
    #expect(try judge(MapComplexity(), single).value == 0.05)
  }

  /// Hand-made: sizes 1, 1, 2, 4.
  @Test func `a map of four pixels of which every number is known`() throws {
    let map = Tensor([1, -2, 4, -1], shape: [2, 2])
    // 1 − 2·(1·3.5 + 1·2.5 + 2·1.5 + 4·0.5)/(8·4)
    #expect(try judge(Sparseness(), map).value == 0.3125)
    // ⅛ and ⅛ with ln 8, ¼ with ln 4, ½ with ln 2: 1.75 ln 2.
    #expect(abs(try #require(try judge(Complexity(), map).value) - 1.75 * Float(log(2.0))) < 1e-6)
    // Only 1 and 4 are drawn.
    #expect(try judge(MapComplexity(), map).value == 0.3125)
  }

  /// `G = Σᵢⱼ |aᵢ − aⱼ| / (2N Σ a)`, the Gini index as half the relative mean difference.
  @Test func `sparseness is the mean difference of all pairs`() throws {
    for map in [References.scattered, References.stepped] {
      let a = map.magnitudes().scalars.map(Double.init)
      let differences = a.reduce(0) { sum, x in sum + a.reduce(0) { $0 + abs(x - $1) } }
      let expected = differences / (2 * Double(a.count) * a.reduce(0, +))
      #expect(abs(Double(try #require(try judge(Sparseness(), map).value)) - expected) < 1e-6)
    }
  }

  @Test func `signs and scale do not matter, and channels are added up first`() throws {
    for metric in [Sparseness(), Complexity()] as [any AttributionMetric] {
      let value = try #require(try judge(metric, References.scattered).value)
      #expect(abs(try #require(try judge(metric, -7 * References.scattered).value) - value) < 1e-5)
      let pixels = Tensor([1, -5, 4, 0, /**/ 0, 3, 0, -1], shape: [2, 2, 2])
      #expect(try judge(metric, pixels) == judge(metric, Tensor([1, -2, 4, -1], shape: [2, 2])))
    }
  }

  @Test func `of an empty map, or of one that is not finite, nothing is said`() throws {
    let metrics: [any AttributionMetric] = [
      Sparseness(), Complexity(), MapComplexity(), EffectiveComplexity(), Coherency(), ADCC(),
    ]
    for metric in metrics {
      #expect(try judge(metric, 0 * References.scattered).value == nil, "\(metric)")
      #expect(try judge(metric, References.scattered.map { $0 > 1 ? .nan : $0 }).value == nil, "\(metric)")
    }
    for metric in [MapComplexity(), Coherency(), ADCC()] as [any AttributionMetric] {
      #expect(
        try judge(metric, -1 * References.stepped) == .undefined("nothing in the map speaks for the score"))
    }
  }
}

/// Those that ask the network.
@Suite struct EffectiveComplexityTests {
  /// `y = Σ x` over 2 × 2 pixels.
  let sum = ChainNetwork(
    input: [1, 2, 2],
    [
      .linear("logits", weights: Tensor(repeating: 1, shape: [1, 4]), bias: Tensor(repeating: 0, shape: [1]))
    ])
  let image = Tensor([4, 3, 2, 1], shape: [1, 2, 2])

  func judge(_ map: [Float], _ tolerance: Float, on image: Tensor? = nil) throws -> MetricResult {
    try EffectiveComplexity(tolerance: tolerance, steps: 4, baseline: .zero, score: .score).result(
      for: explanation(Tensor(map, shape: [2, 2]), of: sum, on: image ?? self.image, for: .logit(0)))
  }

  @Test func `of a score that is a sum, pixels are shown until it is nearly reached`() throws {
    // 0, 4, 7, 9, 10 in the best order, and 0, 1, 3, 6, 10 in the worst.
    #expect(try judge([4, 3, 2, 1], 0.1).value == 0.75)
    #expect(try judge([4, 3, 2, 1], 0.3).value == 0.5)
    #expect(try judge([4, 3, 2, 1], 0).value == 1)
    #expect(try judge([1, 2, 3, 4], 0.3).value == 1)
    #expect(try judge([4, 3, 2, 1], 0.1).curves[0].y == [0, 4, 7, 9, 10])
    // Ties keep their order, row by row.
    #expect(try judge([1, 1, 1, 1], 0.1).value == 0.75)
  }

  @Test func `an answer that needs no pixel is said to`() throws {
    let result = try judge([4, 3, 2, 1], 0.1, on: 0 * image)
    #expect(result.value == 0)
    #expect(result.remarks == ["the network answers so without any pixel of the image"])
  }
}

@Suite struct CoherencyTests {
  let network = ChainNetwork.tiny(side: 6)

  func explained(by method: any AttributionMethod) throws -> Explanation {
    try Explanation(
      by: method, in: ExplanationSession(of: network, on: network.sample.magnitudes(), for: RankedLogit.prediction))
  }

  /// Both metrics from their equations, with the image masked pixel by pixel.
  @Test func `coherency and ADCC are what their equations say`() throws {
    let explanation = try explained(by: ImageItself()), x = explanation.session.input
    let map = x.channelSum(), mask = (1 / (map.scalars.max() ?? 0)) * map
    var seen = x
    for c in 0..<3 { for p in 0..<36 { seen[c * 36 + p] *= mask[p] } }
    let again = seen.channelSum()
    let (m, deviation) = mask.meanAndDeviation(), (n, other) = again.meanAndDeviation()
    let covariance = (0..<36).reduce(0) { $0 + (mask[$1] - m) * (again[$1] - n) } / 36
    let coherency = (1 + covariance / (deviation * other)) / 2
    #expect(coherency < 0.9999)
    #expect(abs(try #require(try Coherency().result(for: explanation).value) - coherency) < 1e-5)

    let index = try #require(explanation.session.score.classIndex)
    let whole = try network.trace(x).logits.softmax()[index], masked = try network.trace(seen).logits.softmax()[index]
    let drop = max(0, whole - masked) / whole
    let expected = 3 / (1 / coherency + 1 / (1 - m) + 1 / (1 - drop))
    #expect(abs(try #require(try ADCC().result(for: explanation).value) - expected) < 1e-5)
  }

  @Test func `a method that always draws the same is wholly coherent`() throws {
    let explanation = try explained(by: GivenMap(values: .scattered([6, 6], 0.7)))
    #expect(abs(try #require(try Coherency().result(for: explanation).value) - 1) < 1e-6)
  }

  @Test func `a method that draws the reverse of what it drew is not coherent at all`() throws {
    let first = Tensor((0..<36).map { Float($0 % 2) }, shape: [6, 6])
    let method = InTurn(first: first, then: 1 + -1 * first, image: network.sample.magnitudes())
    let result = try Coherency().result(for: explained(by: method))
    #expect(abs(try #require(result.value)) < 1e-6)
    #expect(try ADCC().result(for: explained(by: method)).value == 0)
  }

  @Test func `of constant maps, and of nothing, there is no correlation`() throws {
    let first = Tensor((0..<36).map { Float($0 % 2) }, shape: [6, 6]), image = network.sample.magnitudes()
    let constant = GivenMap(values: Tensor(repeating: 2, shape: [6, 6]))
    #expect(
      try Coherency().result(for: explained(by: constant))
        == .undefined("a map that prefers no pixel correlates with none"))
    // It is as complex as a map can be.
    #expect(try ADCC().result(for: explained(by: constant)).value == 0)
    for metric in [Coherency(), ADCC()] as [any AttributionMetric] {
      let result = try metric.result(for: explained(by: InTurn(first: first, then: 0 * first, image: image)))
      #expect(result == .undefined("nothing speaks for the score in the map of what the map shows"))
    }
  }

  @Test func `the class stays though the masked image is taken for another`() throws {
    let session = try ExplanationSession(of: network, on: network.sample, for: .logit(2))
    var asked: Int?
    let method = Asking { asked = $0.score.classIndex }
    _ = try Coherency().result(for: Explanation(by: method, in: session))
    #expect(asked == 2)
  }

  @Test func `what stands where the map is zero is a parameter`() throws {
    let metric = try #require(
      MetricExpression.list(parsing: "coherency(baseline=mean)", among: [Coherency.descriptor]).first)
    #expect((metric.metric as? Coherency)?.baseline == .mean)
    let explanation = try explained(by: ImageItself())
    #expect(try metric.metric.result(for: explanation) != Coherency(baseline: .zero).result(for: explanation))
    let colors = try Coherency().result(for: explanation).remarks
    #expect(colors == ["the input's preprocessing is not known, so that black is taken to be 0"])
    let cost = Coherency().cost(ofJudging: ImageItself(), on: network)
    #expect(cost.forward == 1 && cost.backward == 1)
  }
}

/// A method that draws the image, the sum of its channels.
private struct ImageItself: AttributionMethod {
  func attribution(in session: ExplanationSession) throws -> Attribution {
    Attribution(session.input.channelSum(), at: session.inputLayer)
  }
}

/// A method that draws one map of an image and another of every other image.
private struct InTurn: AttributionMethod {
  let first: Tensor, then: Tensor
  let image: Tensor

  func attribution(in session: ExplanationSession) throws -> Attribution {
    Attribution(session.input == image ? first : then, at: session.inputLayer)
  }
}

/// A method that tells what it was asked.
private struct Asking: AttributionMethod {
  nonisolated(unsafe) let tell: (ExplanationSession) -> Void

  func attribution(in session: ExplanationSession) throws -> Attribution {
    tell(session)
    return Attribution(session.input.channelSum(), at: session.inputLayer)
  }
}

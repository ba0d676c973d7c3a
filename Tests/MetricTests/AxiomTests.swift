import AttributionKit
import AxiomsMetrics
import Masks
import Tensors
import TestSupport
import Testing

@Suite struct CompletenessTests {
  func judge(_ facts: [Fact]) throws -> MetricResult {
    let network = ChainNetwork.tiny(), session = try ExplanationSession(of: network, on: network.sample, for: .logit(0))
    let values = Tensor([1, 2, 3, -1], shape: [2, 2])
    let attribution = Attribution(values, at: session.inputLayer, facts: facts)
    return try CompletenessGap().result(for: Explanation(attribution, by: GivenMap(values: values), in: session))
  }

  @Test(arguments: [(4, 0.25), (5, 0), (-5, 2), (10, 0.5)] as [(Float, Float)])
  func `what is missing is told as a share of what is explained`(expected: Float, gap: Float) throws {
    let completeness = Completeness(of: Tensor([1, 2, 3, -1], shape: [4]), expected: expected)
    #expect(try judge([.remark("one"), .completeness(completeness)]).value == gap)
  }

  @Test func `without a sum to keep, or of nothing, there is no gap`() throws {
    #expect(try judge([]) == .undefined("the method does not say what its values add up to"))
    let nothing = Completeness(of: Tensor([1], shape: [1]), expected: 0)
    #expect(
      try judge([.completeness(nothing)])
        == .undefined("the values should add up to zero, of which no share can be missing"))
  }
}

@Suite struct NonSensitivityTests {
  /// `y = Σ wᵢxᵢ` over 4 × 4 pixels, whose weights are `i mod 3`.
  let weighted = ChainNetwork(
    input: [1, 4, 4],
    [
      .linear(
        "logits", weights: Tensor((0..<32).map { $0 < 16 ? Float($0 % 3) : 0 }, shape: [2, 16]),
        bias: Tensor(repeating: 0, shape: [2]))
    ])
  let image = Tensor((0..<16).map { Float($0 + 1) / 16 }, shape: [1, 4, 4])

  func judge(_ values: Tensor, segments: Int, tolerance: Float = 0.001) throws -> MetricResult {
    try NonSensitivity(segments: segments, baseline: .zero, tolerance: tolerance).result(
      for: explanation(values, of: weighted, on: image, for: .logit(0)))
  }

  @Test func `numbers are those of Quantus`() throws {
    let map = Tensor((0..<16).map { $0 % 5 != 2 ? 1 : 0 }, shape: [4, 4])
    let result = try judge(map, segments: 16)
    #expect(result.value == LocalizationReferences.nonSensitivity)
    // Signs do not matter.
    #expect(try judge(-1 * map, segments: 16) == result)
  }

  @Test func `a map of the weights contradicts nowhere, and its reverse everywhere`() throws {
    let weights = Tensor((0..<16).map { Float($0 % 3) }, shape: [4, 4])
    #expect(try judge(weights, segments: 16).value == 0)
    #expect(try judge(weights.map { $0 == 0 ? 1 : 0 }, segments: 16).value == 1)
    // Every quarter of the image has weights and values.
    #expect(try judge(weights, segments: 4).value == 0)
  }

  @Test func `an empty map contradicts wherever a region matters`() throws {
    #expect(try judge(Tensor(repeating: 0, shape: [4, 4]), segments: 16).value == 10.0 / 16)
    #expect(try judge(Tensor(repeating: 1, shape: [4, 4]), segments: 16).value == 6.0 / 16)
    #expect(try judge(Tensor(repeating: .nan, shape: [4, 4]), segments: 16).value == nil)
  }

  @Test func `what is far below the greatest counts as zero`() throws {
    var map = Tensor((0..<16).map { Float($0 % 3) }, shape: [4, 4])
    map[0] = 0.001
    #expect(try judge(map, segments: 16).value == 0)
    #expect(try judge(map, segments: 16, tolerance: 0).value == 1.0 / 16)
  }

  /// Every region covered by hand, on a network in which no region counts alone.
  @Test(arguments: [Superpixels.grid, .slic]) func `each region is covered by itself`(superpixels: Superpixels) throws {
    let network = ChainNetwork.tiny(side: 6)
    let map = Tensor((0..<36).map { $0 % 6 < 3 ? 0 : 1 }, shape: [6, 6])
    let session = try ExplanationSession(of: network, on: network.sample, for: .logit(1))
    let cover = try session.baseline(.mean), tolerance: Float = 0.4
    let regions = superpixels.segmentation(of: try session.picture, count: 9)
    let changes = try (0..<regions.count).map { region in
      var image = network.sample
      for p in 0..<36 where regions.labels[p] == region {
        for c in 0..<3 { image[c * 36 + p] = cover[c * 36 + p] }
      }
      return abs(try network.trace(image).logits[1] - session.score.value)
    }
    let greatest = changes.max() ?? 0
    let contradictions = (0..<regions.count).count { region in
      let isDrawn = (0..<36).contains { regions.labels[$0] == region && map[$0] > 0 }
      return isDrawn == (changes[region] <= tolerance * greatest)
    }
    #expect(changes.contains { $0 <= tolerance * greatest })
    let metric = NonSensitivity(superpixels: superpixels, segments: 9, tolerance: tolerance)
    let result = try metric.result(for: explanation(map, of: network, for: .logit(1)))
    #expect(result.value == Float(contradictions) / Float(regions.count))
  }
}

@Suite struct InputInvarianceTests {
  let network = ChainNetwork.tiny()
  let colors = InputColors(black: [-1, -1.5, -0.5], white: [1, 0.5, 2.5])

  func judge(_ method: any AttributionMethod, shift: Float = -1, knowsColors: Bool = true) throws -> MetricResult {
    let options = SessionOptions(colors: knowsColors ? colors : nil)
    let session = try ExplanationSession(of: network, on: network.sample, for: .logit(1), options: options)
    return try InputInvariance(shift: shift).result(for: Explanation(by: method, in: session))
  }

  /// The network with its first bias changed, as the paper makes it: 1 × 1 kernels see no border.
  func paperTwin(shift: [Float]) -> ChainNetwork {
    let kernels = Tensor.scattered([5, 3, 1, 1], 0.61803)
    let bias = (0..<5).map { o in -(0..<3).reduce(0) { $0 + kernels[o * 3 + $1] * shift[$1] } }
    return ChainNetwork(
      input: [3, 4, 4],
      [
        .convolution("conv1", kernels: kernels, bias: Tensor(bias, shape: [5])), .relu("relu1"),
        .convolution("conv2", kernels: .scattered([6, 5, 1, 1], 0.41421), bias: Tensor(repeating: 0, shape: [6])),
        .relu("relu2"), .globalAveragePool("pool"),
        .linear("logits", weights: .scattered([4, 6], 0.73205), bias: Tensor(repeating: 0, shape: [4])),
      ])
  }

  static let all: [any AttributionMethod] = [
    PlainGradient(), ImageTimesGradient(), PathGradient(baseline: .black), PathGradient(baseline: .zero), Covering(),
    Deep(), Continued(),
  ]

  @Test(arguments: all) func `the twin answers as a network whose weights were changed`(
    method: any AttributionMethod
  ) throws {
    let shift: [Float] = [-2, -2, -3], session = try ExplanationSession(of: network, on: network.sample, for: .logit(1))
    let moved = session.input + Tensor(shift, shape: [3])
    var options = SessionOptions(colors: colors)
    let a = try method.attribution(in: .init(of: network, on: session.input, for: .logit(1), options: options)).values
    options.colors = InputColors(black: [-3, -3.5, -3.5], white: [-1, -1.5, -0.5])
    let twin = try ExplanationSession(of: paperTwin(shift: shift), on: moved, for: .logit(1), options: options)
    #expect(abs(twin.score.value - session.score.value) < 1e-5)
    let b = try method.attribution(in: twin).values
    func norm(_ tensor: Tensor) -> Float { tensor.scalars.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let value = try #require(try judge(method).value)
    #expect(abs(value - norm(b - a) / norm(a)) < 1e-4)
  }

  @Test func `gradients, deep maps and black baselines stay; the image's own size does not`() throws {
    for method in [PlainGradient(), PathGradient(baseline: .black), Covering(), Deep(), Continued()]
      as [any AttributionMethod]
    {
      #expect(try #require(try judge(method).value) < 1e-4, "\(method)")
    }
    #expect(try #require(try judge(ImageTimesGradient()).value) > 0.5)
    #expect(try #require(try judge(PathGradient(baseline: .zero)).value) > 0.5)
  }

  @Test func `where colours are not known, the shift is that of the input's range`() throws {
    let x = network.sample, range = (x.scalars.max() ?? 0) - (x.scalars.min() ?? 0)
    let gradient = try ExplanationSession(of: network, on: x, for: .logit(1)).inputGradient()
    func norm(_ tensor: Tensor) -> Float { tensor.scalars.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let value = try #require(try judge(ImageTimesGradient(), shift: 0.5, knowsColors: false).value)
    #expect(abs(value - 0.5 * range * norm(gradient) / norm(x * gradient)) < 1e-4)
  }

  @Test func `rules that go by what the first layer reads are not judged`() throws {
    #expect(
      try judge(Relevant())
        == .undefined("the method goes by what the first layer reads and its bias, which the twin leaves as they are"))
    #expect(try judge(GivenMap(values: Tensor(repeating: 0, shape: [4, 4]))) == .undefined("the map is empty"))
    let biases = try judge(Biased())
    #expect(
      biases.value == nil && biases.remarks.first?.hasPrefix("the method makes nothing of the network's twin") == true)
  }
}

private struct PlainGradient: AttributionMethod {
  func attribution(in session: ExplanationSession) throws -> Attribution {
    Attribution(try session.inputGradient(), at: session.inputLayer)
  }
}

private struct ImageTimesGradient: AttributionMethod {
  func attribution(in session: ExplanationSession) throws -> Attribution {
    Attribution(try session.input * session.inputGradient(), at: session.inputLayer)
  }
}

/// Integrated gradients at two places of the path.
private struct PathGradient: AttributionMethod {
  let baseline: Baseline

  func attribution(in session: ExplanationSession) throws -> Attribution {
    let way = try session.input - session.baseline(baseline)
    let gradients = try [Float(0.25), 0.75].map { try session.repeated(on: session.input - $0 * way).inputGradient() }
    return Attribution(0.5 * way * (gradients[0] + gradients[1]), at: session.inputLayer)
  }
}

/// The loss of the score with each pixel covered by the mean colour.
private struct Covering: AttributionMethod {
  func attribution(in session: ExplanationSession) throws -> Attribution {
    let cover = try session.baseline(.mean)
    let scores = try session.scores(ofMasks: 16, over: cover) { pixel in
      Tensor((0..<16).map { $0 == pixel ? 0 : 1 }, shape: [4, 4])
    }
    return Attribution(Tensor(scores.map { session.score.value - $0 }, shape: [4, 4]), at: session.inputLayer)
  }
}

/// Gradient times activation at a layer.
private struct Deep: LayerMethod {
  var targetLayer = TargetLayer.automatic

  func map(on layer: Layer, in session: ExplanationSession) throws -> Tensor {
    try (session.gradient(at: layer) * session.activation(at: layer)).channelSum()
  }
}

/// What runs on from the input itself, and from a layer: the loss of the score with each pixel less by one.
private struct Continued: AttributionMethod {
  func attribution(in session: ExplanationSession) throws -> Attribution {
    let activation = try session.activation(at: session.inputLayer)
    let scores = try session.scores(of: 48, replacing: session.inputLayer) { pixel in
      var changed = activation
      changed[pixel] -= 1
      return changed
    }
    let half = try session.resumed(replacing: session.inputLayer, with: activation.map { $0 - 0.1 })
    let gradient = try half.gradient(at: session.inputLayer)
    return Attribution(
      Tensor(scores, shape: [3, 4, 4]) + gradient, at: session.inputLayer)
  }
}

private struct Relevant: AttributionMethod {
  func attribution(in session: ExplanationSession) throws -> Attribution {
    let rules = RelevanceRules(.epsilon(), over: session.steps)
    return Attribution(try session.inputGradient(under: rules), at: session.inputLayer)
  }
}

private struct Biased: AttributionMethod {
  func attribution(in session: ExplanationSession) throws -> Attribution {
    let layer = try #require(session.model.layers.dropFirst().first)
    let bias = try session.implicitBias(at: layer)
    return Attribution(try (bias ?? session.activation(at: layer)).channelSum().map { $0 + 1 }, at: layer)
  }
}

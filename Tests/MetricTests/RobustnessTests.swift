import AttributionKit
import RobustnessMetrics
import Tensors
import TestSupport
import Testing

@Suite struct RobustnessTests {
  func judged(_ method: any AttributionMethod = SlopeTimesInput()) throws -> Explanation {
    let target = ClassProbability(of: .logit(1))
    return try Explanation(
      by: method, in: ExplanationSession(of: ChainNetwork.judged, on: ChainNetwork.judgedImage, for: target))
  }

  static let metrics: [any AttributionMetric] = [
    MaxSensitivity(samples: 6, radius: 0.05, seed: 7), AverageSensitivity(samples: 6, radius: 0.05, seed: 7),
    LocalLipschitz(samples: 6, radius: 0.05, seed: 7), RelativeInputStability(samples: 6, radius: 0.05, seed: 7),
    RelativeOutputStability(samples: 6, radius: 0.05, seed: 7),
  ]
  static let names = [
    "max-sensitivity", "average-sensitivity", "local-lipschitz", "relative-input-stability",
    "relative-output-stability",
  ]

  @Test(arguments: metrics.indices) func `each is what captum or Quantus computes`(index: Int) throws {
    let value = try #require(try Self.metrics[index].result(for: judged()).value)
    let expected = try #require(metricReferences[Self.names[index]])
    // The stabilities divide by numbers near zero, and Quantus runs in single precision.
    let tolerance: Float = index < 3 ? 1e-5 : 1e-3
    #expect(abs(value - expected) < tolerance * max(1, expected), "\(value)")
  }

  @Test(arguments: metrics.indices) func `a map that never changes is perfectly robust`(index: Int) throws {
    let explanation = try judged(GivenMap(values: ChainNetwork.judgedMap))
    #expect(try Self.metrics[index].result(for: explanation).value == 0)
  }

  @Test(arguments: metrics.indices) func `of an empty map there is nothing to say`(index: Int) throws {
    let result = try Self.metrics[index].result(for: judged(GivenMap(values: Tensor(repeating: 0, shape: [10, 10]))))
    #expect(result.value == nil)
    #expect(result.remarks == ["the map is empty"])
  }

  /// A linear score's input × gradient changes as the input does: `|w·u| / |w·x|`.
  @Test func `known values of a linear score`() throws {
    let weights = Tensor.scattered([1, 9], 0.6), image = Tensor.scattered([1, 3, 3], 0.41)
    let network = ChainNetwork(
      input: [1, 3, 3], [.linear("logits", weights: weights, bias: Tensor(repeating: 0, shape: [1]))])
    let explanation = try Explanation(
      by: SlopeTimesInput(), in: ExplanationSession(of: network, on: image, for: .logit(0)))
    let extent = image.scalars.max()! - image.scalars.min()!
    var changes: [Float] = [], steps: [Float] = []
    func norm(_ numbers: [Float]) -> Float { numbers.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    for sample in 0..<3 {
      var generator = SplitMix64(seed: 1, stream: sample)
      let u = (0..<9).map { _ in 0.1 * extent * (2 * generator.uniform() - 1) }
      let map = zip(weights.scalars, image.scalars).map { $0 * $1 }
      changes.append(norm(zip(weights.scalars, u).map { $0 * $1 }) / norm(map))
      steps.append(norm(u.map { $0 / extent }))
    }
    let max = try MaxSensitivity(samples: 3, radius: 0.1, seed: 1).result(for: explanation)
    #expect(abs(max.value! - changes.max()!) < 1e-5)
    let mean = try AverageSensitivity(samples: 3, radius: 0.1, seed: 1).result(for: explanation)
    #expect(abs(mean.value! - changes.reduce(0, +) / 3) < 1e-5)
    let slope = try LocalLipschitz(samples: 3, radius: 0.1, seed: 1).result(for: explanation)
    #expect(abs(slope.value! - zip(changes, steps).map { $0 / $1 }.max()!) < 1e-4)
  }

  @Test func `the noise is measured from black to white`() throws {
    let colors = InputColors(black: [0, 0, 0], white: [2, 2, 2])
    let session = try ExplanationSession(
      of: ChainNetwork.judged, on: ChainNetwork.judgedImage, for: ClassProbability(of: .logit(1)),
      options: SessionOptions(colors: colors))
    let explanation = try Explanation(by: SlopeTimesInput(), in: session)
    let known = try MaxSensitivity(samples: 4, radius: 0.05).result(for: explanation)
    let extent = ChainNetwork.judgedImage.scalars.max()! - ChainNetwork.judgedImage.scalars.min()!
    let guessed = try MaxSensitivity(samples: 4, radius: 0.05 * 2 / extent).result(for: judged())
    #expect(abs(known.value! - guessed.value!) < 1e-6)
  }

  @Test func `images nearby that are answered in another way are left out`() throws {
    // The classes' logits are the pixel and its opposite: any step beyond zero changes the answer.
    let network = ChainNetwork(
      input: [1, 1, 1],
      [.linear("logits", weights: Tensor([1, -1], shape: [2, 1]), bias: Tensor(repeating: 0, shape: [2]))])
    let session = try ExplanationSession(
      of: network, on: Tensor([0.01], shape: [1, 1, 1]), for: .prediction,
      options: SessionOptions(colors: InputColors(black: [0], white: [1])))
    let explanation = try Explanation(by: SlopeTimesInput(), in: session)
    let result = try RelativeInputStability(samples: 20, radius: 0.1).result(for: explanation)
    let left = (0..<20).count { sample in
      var generator = SplitMix64(seed: 0, stream: sample)
      return 0.01 + 0.1 * (2 * generator.uniform() - 1) <= 0
    }
    #expect(left > 0)
    // The map is the pixel itself: it changes by the same share.
    #expect(abs(result.value! - 1) < 1e-5)
    #expect(result.remarks == ["\(left) of 20 images nearby are left out, which the network answers in another way"])
  }

  @Test(arguments: MapSimilarity.allCases) func `a map that turns with the image is consistent, one that stays is not`(
    similarity: MapSimilarity
  ) throws {
    let metric = FlipConsistency(similarity: similarity)
    // Each pixel counts by itself, in the same way.
    let network = ChainNetwork.tiny(side: 10)
    let turning = try Explanation(
      by: SlopeTimesInput(), in: ExplanationSession(of: network, on: network.sample, for: .prediction))
    #expect(abs(try #require(try metric.result(for: turning).value) - 1) < 1e-4)
    let still = try #require(try metric.result(for: judged(GivenMap(values: ChainNetwork.judgedMap))).value)
    #expect(still < 0.95)
  }

  @Test func `the mirrored map is held against the map pixel by pixel`() throws {
    let map = Tensor([3, 1, 2, 4, 6, 5], shape: [2, 3])
    let network = ChainNetwork(
      input: [1, 2, 3],
      [.linear("logits", weights: .scattered([1, 6], 0.6), bias: Tensor(repeating: 0, shape: [1]))])
    let explanation = try explanation(map, of: network, on: .scattered([1, 2, 3], 0.41), for: .logit(0))
    let result = try FlipConsistency().result(for: explanation)
    #expect(result.value == Correlation.spearman([3, 1, 2, 4, 6, 5], [2, 1, 3, 5, 6, 4]))
  }

  @Test func `a flat map has no consistency`() throws {
    let flat = try judged(GivenMap(values: Tensor(repeating: 1, shape: [10, 10])))
    #expect(try FlipConsistency().result(for: flat).value == nil)
  }
}

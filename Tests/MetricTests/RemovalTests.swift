import AttributionKit
import FaithfulnessMetrics
import Tensors
import TestSupport
import Testing

/// Infidelity, faithfulness correlation, μ-fidelity and sensitivity-n: what the map gives to pixels, and what the score loses
/// without them.
@Suite struct RemovalTests {
  let network = ChainNetwork.judged

  func judged(_ map: Tensor = ChainNetwork.judgedMap) throws -> Explanation {
    try explanation(map, of: network, on: ChainNetwork.judgedImage, for: .logit(1))
  }

  /// `y = Σ w·x`, whose exact attribution over zero is `w·x`.
  static let additive = ChainNetwork(
    input: [1, 6, 6],
    [.linear("logits", weights: .scattered([1, 36], 0.6), bias: Tensor(repeating: 0, shape: [1]))])

  static let metrics: [any AttributionMetric] = [
    FaithfulnessCorrelation(samples: 20, baseline: .zero, score: .score, seed: 3),
    MuFidelity(samples: 20, cells: 3, baseline: .zero, score: .score, seed: 3),
    SensitivityN(steps: 4, samples: 20, baseline: .zero, score: .score, seed: 3),
  ]

  static func explained(_ map: Tensor) throws -> Explanation {
    try explanation(map, of: additive, on: .scattered([1, 6, 6], 0.41), for: .logit(0))
  }

  static var exact: Tensor {
    (Tensor.scattered([1, 36], 0.6).reshaped([1, 6, 6]) * Tensor.scattered([1, 6, 6], 0.41)).channelSum()
  }

  @Test(arguments: [true, false]) func `infidelity is what captum computes`(scaled: Bool) throws {
    let metric = Infidelity(samples: 40, side: 0.3, baseline: .zero, scaled: scaled, seed: 7)
    let value = try #require(try metric.result(for: judged()).value)
    let expected = try #require(metricReferences[scaled ? "infidelity scaled" : "infidelity"])
    #expect(abs(value - expected) < 1e-5 * max(1, expected))
  }

  @Test func `faithfulness correlation is what Quantus computes`() throws {
    let metric = FaithfulnessCorrelation(samples: 40, share: 0.2, baseline: .zero, seed: 7)
    let expected = try #require(metricReferences["faithfulness-correlation"])
    #expect(abs(try #require(try metric.result(for: judged()).value) - expected) < 1e-5)
  }

  @Test func `μ-fidelity is what xplique computes`() throws {
    let metric = MuFidelity(samples: 60, cells: 5, share: 0.2, baseline: .zero, seed: 7)
    let expected = try #require(metricReferences["mu-fidelity"])
    #expect(abs(try #require(try metric.result(for: judged()).value) - expected) < 1e-5)
  }

  @Test func `the exact map of an additive score has no infidelity, in any unit`() throws {
    for factor in [1, -3] as [Float] {
      let value = try Infidelity(baseline: .zero, score: .score).result(for: Self.explained(factor * Self.exact)).value
      #expect(try #require(value) < 1e-10)
    }
    let unscaled = Infidelity(baseline: .zero, score: .score, scaled: false)
    #expect(try #require(try unscaled.result(for: Self.explained(Self.exact)).value) < 1e-10)
    #expect(try #require(try unscaled.result(for: Self.explained(3 * Self.exact)).value) > 1e-3)
  }

  /// Each square made and scored by itself.
  @Test func `infidelity is the mean squared error over squares`() throws {
    let metric = Infidelity(samples: 12, side: 0.5, baseline: .mean, score: .score, scaled: false, seed: 5)
    let map = Tensor.scattered([6, 6], 0.7), explanation = try Self.explained(map)
    let cover = try explanation.session.baseline(.mean), image = explanation.session.input
    var error = 0.0
    for sample in 0..<12 {
      var generator = SplitMix64(seed: 5, stream: sample)
      let (top, left) = (generator.below(4), generator.below(4))
      var changed = image, given = 0.0
      for y in top..<top + 3 {
        for x in left..<left + 3 {
          changed[y * 6 + x] = cover[y * 6 + x]
          given += Double(map[y * 6 + x])
        }
      }
      let lost = Double(explanation.session.score.value) - Double(try Self.additive.trace(changed).logits[0])
      error += (given - lost) * (given - lost) / 12
    }
    #expect(abs(Double(try #require(try metric.result(for: explanation).value)) - error) < 1e-5)
  }

  @Test(arguments: metrics.indices) func `the exact map of an additive score correlates fully, its opposite not at all`(
    index: Int
  ) throws {
    let metric = Self.metrics[index]
    #expect(abs(try #require(try metric.result(for: Self.explained(Self.exact)).value) - 1) < 1e-4)
    #expect(abs(try #require(try metric.result(for: Self.explained(-Self.exact)).value) + 1) < 1e-4)
  }

  @Test(arguments: metrics.indices) func `an empty map, which gives all pixels the same, has no correlation`(
    index: Int
  ) throws {
    let result = try Self.metrics[index].result(for: Self.explained(Tensor(repeating: 0, shape: [6, 6])))
    #expect(result.value == nil)
    #expect(result.remarks == ["the map gives every choice of pixels the same"])
  }

  @Test func `the infidelity of an empty map is the mean square of what is lost`() throws {
    let result = try Infidelity(samples: 9, baseline: .zero, score: .score).result(
      for: Self.explained(Tensor(repeating: 0, shape: [6, 6])))
    let losses = result.curves[0].y
    #expect(abs(try #require(result.value) - losses.reduce(0) { $0 + $1 * $1 } / 9) < 1e-6)
    #expect(losses.contains { $0 != 0 })
  }

  @Test func `sensitivity-n hides from one pixel to most of them, evenly many by logarithms`() throws {
    let result = try SensitivityN(steps: 4, samples: 20, share: 0.75, baseline: .zero).result(
      for: Self.explained(.scattered([6, 6], 0.7)))
    #expect(result.curves[0].x == [1, 3, 9, 27])
    #expect(abs(try #require(result.value) - result.curves[0].y.reduce(0, +) / 4) < 1e-6)
  }

  /// The sets drawn once more, pixel by pixel.
  @Test func `sensitivity-n is the correlation of each number of pixels`() throws {
    let map = Tensor.scattered([6, 6], 0.7), explanation = try Self.explained(map)
    let result = try SensitivityN(steps: 1, samples: 15, share: 0.25, baseline: .zero, seed: 4).result(for: explanation)
    var given: [Float] = [], lost: [Float] = []
    for sample in 0..<15 {
      var generator = SplitMix64(seed: 4, stream: sample), order = Array(0..<36)
      for place in 0..<9 { order.swapAt(place, place + generator.below(36 - place)) }
      given.append(order[..<9].reduce(0) { $0 + map[$1] })
      lost.append(order[..<9].reduce(0) { $0 + Self.exact[$1] })
    }
    #expect(abs(try #require(result.value) - (try #require(Correlation.pearson(given, lost)))) < 1e-5)
  }
}

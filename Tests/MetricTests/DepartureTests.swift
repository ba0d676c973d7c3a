import AttributionKit
import AxiomsMetrics
import ComplexityMetrics
import FaithfulnessMetrics
import LocalizationMetrics
import RobustnessMetrics
import Tensors
import TestSupport
import Testing

/// Where other libraries depart from the papers: their own numbers, from the same arrays, by the settings of `--compat`.
@Suite struct DepartureTests {
  let map = ChainNetwork.judgedMap
  /// The map in steps of a quarter.
  var tied: Tensor { map.map { (4 * $0).rounded(.down) / 4 } }

  private func judged(_ values: Tensor, of index: Int = 1, object: Tensor? = nil) throws -> Explanation {
    try explanation(
      values, of: .judged, on: ChainNetwork.judgedImage, for: .logit(index), object: object)
  }

  /// Within 1e-5, which the metric without the departure is not.
  private func expect(
    _ name: String, _ departing: any AttributionMetric, _ usual: (any AttributionMetric)?, _ explanation: Explanation,
    within tolerance: Float = 1e-5, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let expected = try #require(metricReferences[name], sourceLocation: sourceLocation)
    let value = try #require(departing.result(for: explanation).value, sourceLocation: sourceLocation)
    #expect(abs(value - expected) < tolerance, "\(value) for \(expected)", sourceLocation: sourceLocation)
    if let usual {
      let value = try usual.result(for: explanation).value ?? .infinity
      #expect(abs(value - expected) > tolerance, "\(value) without it", sourceLocation: sourceLocation)
    }
  }

  @Test func `of ties xplique takes the last first`() throws {
    let explanation = try judged(tied)
    try expect(
      "insertion of ties", Insertion(steps: 10, baseline: .zero, ties: .last), Insertion(steps: 10, baseline: .zero),
      explanation)
    try expect(
      "deletion of ties", Deletion(steps: 10, baseline: .zero, ties: .last), Deletion(steps: 10, baseline: .zero),
      explanation)
  }

  @Test(arguments: 0..<4) func `xplique sees the image through sizes, stretched`(index: Int) throws {
    let explanation = try judged(map, of: index)
    try expect("drop of \(index), stretched", AverageDrop(baseline: .zero, mask: .stretched), nil, explanation)
    try expect("gain of \(index), stretched", AverageGain(baseline: .zero, mask: .stretched), nil, explanation)
    try expect("increase of \(index), stretched", AverageIncrease(baseline: .zero, mask: .stretched), nil, explanation)
    let (evidence, sizes) = (AverageDrop(baseline: .zero), AverageDrop(baseline: .zero, mask: .stretched))
    if index < 2 { #expect(try evidence.result(for: explanation) != sizes.result(for: explanation)) }
  }

  @Test func `xplique gives zero where there is no correlation`() throws {
    let explanation = try judged(Tensor(repeating: 0, shape: [10, 10]))
    #expect(try MuFidelity(samples: 4, uncorrelated: .zero).result(for: explanation).value == 0)
    #expect(try MuFidelity(samples: 4).result(for: explanation).value == nil)
  }

  @Test func `pytorch-grad-cam removes ties together`() throws {
    try expect(
      "road of ties", ROAD(noise: 0, ties: .together), ROAD(noise: 0),
      judged(map.map { abs($0) < 0.35 ? 0 : $0 }))
  }

  @Test func `pytorch-grad-cam does not divide what is lost`() throws {
    try expect(
      "drop of 0, not divided", AverageDrop(baseline: .zero, relative: false), AverageDrop(baseline: .zero),
      judged(map, of: 0))
  }

  @Test func `pytorch-grad-cam stretches maps before it adds them up`() throws {
    try expect(
      "map-complexity stretched", MapComplexity(stretched: true), MapComplexity(),
      judged(map.map { $0 - (map.scalars.min() ?? 0) + 1 }))
  }

  private func slopes() throws -> Explanation {
    let target = ClassProbability(of: .logit(1))
    return try Explanation(
      by: SlopeTimesInput(), in: ExplanationSession(of: ChainNetwork.judged, on: ChainNetwork.judgedImage, for: target))
  }

  @Test func `captum compares channel by channel`() throws {
    let metric = MaxSensitivity(samples: 6, radius: 0.2, unit: .input, values: .channels, seed: 7)
    var pixels = metric
    pixels.values = .pixels
    try expect("max-sensitivity of channels", metric, pixels, slopes())
  }

  @Test func `asked to, Quantus divides maps by their largest value`() throws {
    var greatest = MaxSensitivity(samples: 6, radius: 0.2, unit: .input, scaled: true, seed: 7)
    try expect("max-sensitivity of scaled maps", greatest, nil, slopes())
    greatest.scaled = false
    let average = AverageSensitivity(samples: 6, radius: 0.2, unit: .input, scaled: true, seed: 7)
    try expect("average-sensitivity of scaled maps", average, greatest, slopes())
  }

  @Test func `captum leaves the completeness gap undivided`() throws {
    let fact = Fact.completeness(Completeness(of: Tensor([1, 2, 3], shape: [3]), expected: 4))
    let session = try ExplanationSession(of: ChainNetwork.tiny(), on: ChainNetwork.tiny().sample, for: .logit(0))
    let values = Tensor([1, 2, 3, 0], shape: [2, 2])
    let explanation = try Explanation(
      Attribution(values, at: session.inputLayer, facts: [fact]), by: GivenMap(values: values), in: session)
    #expect(try CompletenessGap(relative: false).result(for: explanation).value == 2)
    #expect(try CompletenessGap().result(for: explanation).value == 0.5)
  }

  @Test func `Quantus adds to every size`() throws {
    var single = Tensor(repeating: 0, shape: [200, 200])
    single[7] = 3
    let network = ChainNetwork(
      input: [1, 200, 200],
      [
        .linear(
          "logits", weights: Tensor(repeating: 0, shape: [2, 40_000]), bias: Tensor(repeating: 0, shape: [2]))
      ])
    try expect(
      "sparseness of a pixel", Sparseness(epsilon: 1e-7), Sparseness(), explanation(single, of: network))
  }

  @Test func `Quantus divides sums of any sign, and counts any of equal maxima`() throws {
    var corner = Tensor(repeating: 0, shape: [10, 10])
    for y in 0..<3 { for x in 0..<7 { corner[y * 10 + x] = 1 } }
    try expect(
      "relevance-mass of both signs", RelevanceMass(signs: .both), RelevanceMass(), judged(map, object: corner))
    let constant = try judged(Tensor(repeating: 1, shape: [10, 10]), object: corner)
    #expect(try PointingGame(tolerance: 0, ties: .any).result(for: constant).value == 1)
    #expect(abs(try #require(PointingGame(tolerance: 0).result(for: constant).value) - 0.21) < 1e-6)
  }
}

import AttributionKit
import LIMEMethod
import Masks
import Tensors
import TestSupport
import Testing

@Suite struct LIMETests {
  let network = ChainNetwork.tiny(side: 8)

  /// A score that is a sum over pixels is its own linear function of superpixels.
  @Test(arguments: Superpixels.allCases) func `of a linear score it finds what each superpixel adds`(
    superpixels: Superpixels
  ) throws {
    let weights = Tensor.scattered([1, 192], 0.618)
    let sum = ChainNetwork(
      input: [3, 8, 8], [.linear("logits", weights: weights, bias: Tensor(repeating: 0.4, shape: [1]))])
    let session = try session(of: sum, for: .logit(0))
    let method = LIME(samples: 200, superpixels: superpixels, segments: 6, penalty: 0, baseline: .zero)
    let map = try method.attribution(in: session).values
    let regions = superpixels.segmentation(of: try session.picture, count: 6)
    var shares = Array(repeating: Float(0), count: regions.count)
    for i in 0..<192 { shares[regions.labels[i % 64]] += weights.scalars[i] * sum.sample.scalars[i] }
    #expect(map.distance(to: regions.map(of: shares)) < 1e-3)
  }

  /// The loss, written out: its slope is zero at the coefficients.
  @Test func `the loss is least where the method says`() throws {
    let session = try session(of: network, for: .logit(1))
    let method = LIME(samples: 60, superpixels: .grid, segments: 4, kernelWidth: 0.5, penalty: 0.3, seed: 5)
    let regions = Segmentation.grid(of: 4, height: 8, width: 8)
    let masks = RandomSegmentMasks(of: regions, probability: 0.5, seed: 5)
    let cover = try session.baseline(.mean), grid = try session.grid
    let choices = [[true, true, true, true]] + (0..<60).map { masks.choice($0) }
    let scores = try choices.map { choice in
      try network.trace(grid.masked(network.sample, by: regions.mask(showing: choice), over: cover)).logits.scalars[1]
    }
    let weights = choices.map { choice -> Double in
      let angle = 1 - (Double(choice.count { $0 }) / 4).squareRoot()
      return series(-(angle / 0.5) * (angle / 0.5) / 2)
    }
    let map = try method.attribution(in: session).values
    let coefficients = [map.scalars[0], map.scalars[7], map.scalars[56], map.scalars[63]].map(Double.init)
    func error(_ i: Int, _ intercept: Double) -> Double {
      Double(scores[i]) - intercept - (0..<4).reduce(0) { $0 + (choices[i][$1] ? coefficients[$1] : 0) }
    }
    let intercept = (0..<61).reduce(0) { $0 + weights[$1] * error($1, 0) } / weights.reduce(0, +)
    for j in 0..<4 {
      let slope = (0..<61).reduce(0) { $0 + (choices[$1][j] ? weights[$1] * error($1, intercept) : 0) }
      #expect(abs(slope - 0.3 * coefficients[j]) < 1e-4)
    }
  }

  @Test func `of a flat image every superpixel is one and the same`() throws {
    let flat = try ExplanationSession(of: network, on: Tensor(repeating: 0.3, shape: [3, 8, 8]), for: .logit(0))
    #expect(try LIME(samples: 50).attribution(in: flat).values.magnitudes().scalars.max()! < 1e-4)
  }

  @Test func `a score that is always the same has an empty map, one that is no number none`() throws {
    func map(_ bias: Float) throws -> Attribution {
      let flat = ChainNetwork(
        input: [1, 4, 4],
        [.linear("logits", weights: Tensor(repeating: 0, shape: [2, 16]), bias: Tensor([bias, 1], shape: [2]))])
      return try LIME(samples: 20).attribution(in: session(of: flat, for: .logit(0)))
    }
    #expect(try map(3.3).values == Tensor(repeating: 0, shape: [4, 4]))
    #expect(try map(.infinity).status == .nonFinite)
    for parameter in ["kernel-width", "penalty"] {
      #expect(throws: AttributionError.self) { try LIME.descriptor.method([parameter: "inf"]) }
    }
  }

  @Test func `values that make no sense are refused`() throws {
    #expect(throws: AttributionError.self) { try LIME(samples: 0).attribution(in: session(of: network)) }
    for (name, value) in [
      ("samples", "0"), ("superpixels", "hexagons"), ("segments", "0"), ("kernel-width", "0"), ("penalty", "-1"),
    ] {
      #expect(throws: AttributionError.self) { try LIME.descriptor.method([name: value]) }
    }
  }
}

/// `eˣ` by its series.
private func series(_ x: Double) -> Double {
  var (term, sum) = (1.0, 1.0)
  for n in 1..<60 {
    term *= x / Double(n)
    sum += term
  }
  return sum
}

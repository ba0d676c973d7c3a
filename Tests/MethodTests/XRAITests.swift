import AttributionKit
import IntegratedGradientsMethod
import Tensors
import TestSupport
import Testing
import XRAIMethod

@Suite struct XRAITests {
  /// A picture of three flat areas, `[3, 48, 48]`: the left, the upper right and the lower right.
  private let picture = Tensor(
    (0..<3 * 48 * 48).map { index in
      let (k, y, x) = (index / 2304, index / 48 % 48, index % 48)
      let colors: [[Float]] = [[0.9, -0.8, 0.1], [-0.5, 0.6, 0.9], [0.2, 0.3, -0.9]]
      return colors[x < 20 ? 0 : y < 30 ? 1 : 2][k]
    }, shape: [3, 48, 48])
  private let network = ChainNetwork(
    input: [3, 48, 48],
    [
      .convolution("conv", kernels: .scattered([4, 3, 3, 3], 0.61803), bias: .scattered([4], 0.27)), .silu("silu"),
      .globalAveragePool("pool"),
      .linear("logits", weights: .scattered([2, 4], 0.73205), bias: Tensor([0, 0], shape: [2])),
    ])

  private func session() throws -> ExplanationSession {
    try ExplanationSession(of: network, on: picture, for: .logit(1))
  }

  /// The mean of integrated gradients from the darkest and the brightest value, summed over the channels.
  private func pixels(of session: ExplanationSession, steps: Int) throws -> [Double] {
    let ends: [Float] = [-0.9, 0.9]
    let both = try ends.map {
      try session.integratedGradients(from: Tensor(repeating: $0, shape: [3, 48, 48]), steps: steps).channelSum()
    }
    return (0..<2304).map { Double(both[0].scalars[$0] + both[1].scalars[$0]) / 2 }
  }

  /// Algorithm 1 written out on the three areas, each a pixel wider.
  @Test func `regions are taken by the mean of what they add`() throws {
    let session = try session(), values = try pixels(of: session, steps: 5)
    func area(_ y: Int, _ x: Int) -> Int { x < 20 ? 0 : y < 30 ? 1 : 2 }
    var regions = (0..<3).map { label in
      Set(
        (0..<2304).filter { pixel in
          let (y, x) = (pixel / 48, pixel % 48)
          return [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)].contains { down, right in
            let (v, u) = (y + down, x + right)
            return (0..<48).contains(v) && (0..<48).contains(u) && area(v, u) == label
          }
        })
    }
    var expected = [Double](repeating: 0, count: 2304), covered = Set<Int>()
    while !regions.isEmpty {
      func gain(_ region: Set<Int>) -> Double {
        let added = region.subtracting(covered)
        return added.reduce(0) { $0 + values[$1] } / Double(added.count)
      }
      let best = regions.indices.max { gain(regions[$0]) < gain(regions[$1]) }!
      let mean = gain(regions[best])
      for pixel in regions[best].subtracting(covered) { expected[pixel] = mean }
      covered.formUnion(regions.remove(at: best))
    }
    let map = try XRAI(steps: 5).attribution(in: session).values
    let size = expected.map { abs($0) }.max()!
    for pixel in 0..<2304 { #expect(abs(Double(map.scalars[pixel]) - expected[pixel]) < 1e-3 * size) }
    #expect(Set(map.scalars).count == 3)
  }

  @Test func `the values add up to those of the integrated gradients`() throws {
    let session = try session()
    let attribution = try XRAI(steps: 20).attribution(in: session)
    let sum = try pixels(of: session, steps: 20).reduce(0, +)
    #expect(abs(Double(attribution.values.scalars.reduce(0, +)) - sum) < 1e-4)
    let completeness = try #require(attribution.completeness)
    #expect(abs(completeness.error) < 1e-3 * max(1, abs(completeness.expected)))
  }

  @Test func `a picture of one colour is one region`() throws {
    let flat = try ExplanationSession(of: network, on: 0 * picture, for: .logit(0))
    #expect(Set(try XRAI(steps: 2).attribution(in: flat).values.scalars).count == 1)
    #expect(throws: AttributionError.self) { try XRAI(steps: 0).attribution(in: flat) }
  }
}

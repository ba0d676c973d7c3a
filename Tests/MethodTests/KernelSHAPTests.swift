import AttributionKit
import KernelSHAPMethod
import Masks
import Tensors
import TestSupport
import Testing

@Suite struct KernelSHAPTests {
  let network = ChainNetwork.tiny(side: 6)

  /// The definition of Shapley values, over all orders in which four superpixels can be shown.
  @Test func `where all choices are taken the values are those of Shapley`() throws {
    let session = try session(of: network, for: .logit(1)), grid = try session.grid
    let regions = Segmentation.grid(of: 4, height: 6, width: 6), cover = try session.baseline(.mean)
    func score(_ choice: [Bool]) throws -> Float {
      let image = grid.masked(network.sample, by: regions.mask(showing: choice), over: cover)
      return try network.trace(image).logits.scalars[1]
    }
    var expected = Array(repeating: Float(0), count: 4)
    var orders: [[Int]] = [[]]
    for _ in 0..<4 { orders = orders.flatMap { order in (0..<4).filter { !order.contains($0) }.map { order + [$0] } } }
    for order in orders {
      var choice = Array(repeating: false, count: 4)
      for player in order {
        let before = try score(choice)
        choice[player] = true
        expected[player] += (try score(choice) - before) / 24
      }
    }
    let before = network.forwardPasses
    let map = try KernelSHAP(samples: 14, superpixels: .grid, segments: 4).attribution(in: session)
    #expect(network.forwardPasses - before == 15)
    #expect(map.values.distance(to: regions.map(of: expected.map { $0 / 9 })) < 1e-4)
    let completeness = try #require(map.completeness)
    #expect(abs(completeness.error) < 1e-4)
  }

  /// By the package `shap`: `Tests/Tools/regression_references.py`.
  @Test func `the values of a game are those of shap`() throws {
    // 2a + bc + 3ad − bcd, where a pixel that is shown is 1: products are rectified sums.
    let sums = Tensor([1, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 1], shape: [4, 4])
    let game = ChainNetwork(
      input: [1, 2, 2],
      [
        .linear("sums", weights: sums, bias: Tensor([0, -1, -1, -2], shape: [4])), .relu("products"),
        .linear("logits", weights: Tensor([2, 1, 3, -1], shape: [1, 4]), bias: Tensor([0], shape: [1])),
      ])
    let session = try ExplanationSession(of: game, on: Tensor(repeating: 1, shape: [1, 2, 2]), for: .logit(0))
    let method = KernelSHAP(samples: 14, superpixels: .grid, segments: 4, baseline: .zero)
    let values = try method.attribution(in: session).values.scalars
    for (found, expected) in zip(values, [3.5, 0.166667, 0.166667, 1.166667] as [Float]) {
      #expect(abs(found - expected) < 1e-5)
    }
  }

  /// Drawn choices are an estimate, which is exact where no superpixel depends on another.
  @Test func `of a linear score drawn choices find what each superpixel adds`() throws {
    let weights = Tensor.scattered([1, 108], 0.618)
    let sum = ChainNetwork(
      input: [3, 6, 6], [.linear("logits", weights: weights, bias: Tensor(repeating: 0.4, shape: [1]))])
    let session = try session(of: sum, for: .logit(0))
    let regions = Segmentation.grid(of: 36, height: 6, width: 6)
    let map = try KernelSHAP(samples: 200, superpixels: .grid, segments: 36, baseline: .zero).attribution(in: session)
    for p in 0..<36 {
      let share = (0..<3).reduce(Float(0)) { $0 + weights.scalars[$1 * 36 + p] * sum.sample.scalars[$1 * 36 + p] }
      #expect(abs(map.values.scalars[regions.labels[p]] - share) < 1e-3)
    }
  }

  @Test func `values add up however few choices there are`() throws {
    for (samples, segments) in [(2, 9), (7, 9), (40, 9), (40, 1)] {
      let map = try KernelSHAP(samples: samples, superpixels: .grid, segments: segments).attribution(
        in: session(of: network))
      #expect(map.values.scalars.allSatisfy { $0.isFinite })
      let completeness = try #require(map.completeness)
      #expect(abs(completeness.error) < 1e-4)
    }
  }

  @Test func `of a flat image nothing is worth anything, and nonsense is refused`() throws {
    let flat = try ExplanationSession(of: network, on: Tensor(repeating: 0.3, shape: [3, 6, 6]), for: .logit(0))
    #expect(try KernelSHAP(samples: 50).attribution(in: flat).values.magnitudes().scalars.max()! < 1e-4)
    #expect(throws: AttributionError.self) { try KernelSHAP(samples: 1).attribution(in: session(of: network)) }
    for (name, value) in [("samples", "1"), ("segments", "0"), ("superpixels", "")] {
      #expect(throws: AttributionError.self) { try KernelSHAP.descriptor.method([name: value]) }
    }
  }
}

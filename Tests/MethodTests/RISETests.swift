import AttributionKit
import Masks
import RISEMethod
import Tensors
import TestSupport
import Testing

@Suite struct RISETests {
  let network = ChainNetwork.tiny(side: 9)

  /// Equation 6, with every masked image run by itself.
  @Test(arguments: [true, false]) func `the map is the mean of the masks, each times its score`(centered: Bool) throws {
    let session = try session(of: network, for: .logit(2))
    let method = RISE(masks: 30, cells: 3, probability: 0.4, isCentered: centered, seed: 3)
    let masks = RandomGridMasks(cells: 3, probability: 0.4, height: 9, width: 9, seed: 3)
    let scores = try (0..<30).map { index in
      try network.trace(network.sample * masks[index]).logits.scalars[2]
    }
    let mean = centered ? scores.reduce(0, +) / 30 : 0
    let map = try method.attribution(in: session)
    #expect(map.isMap && map.layer == network.input)
    for p in 0..<81 {
      let sum = (0..<30).reduce(Float(0)) { $0 + (scores[$1] - mean) * masks[$1].scalars[p] }
      #expect(abs(map.values.scalars[p] - sum / (0.4 * 30)) < 1e-4)
    }
  }

  /// On a score that is a sum over pixels, `y = wᵀm`, the map tends to `cov(m)·w / p`.
  ///
  /// A mask is a stretched grid of independent cells, `m = Σₖ gₖ bₖ`, whose covariance is `p(1 − p) Σₖ bₖbₖᵀ`.
  @Test func `what a pixel adds is found again, as far as masks tell pixels apart`() throws {
    let weights = Tensor.scattered([1, 16], 0.618), bias = Tensor(repeating: 0, shape: [1])
    let sum = ChainNetwork(input: [1, 4, 4], [.linear("logits", weights: weights, bias: bias)])
    let ones = Tensor(repeating: 1, shape: [1, 4, 4])
    let session = try ExplanationSession(of: sum, on: ones, for: .logit(0))
    let map = try RISE(masks: 20_000, cells: 4).attribution(in: session).values
    // Cells are one pixel wide, so that none is shifted.
    var expected = Tensor(repeating: 0, shape: [4, 4])
    for k in 0..<16 {
      let cell = Tensor((0..<16).map { $0 == k ? 1 : 0 }, shape: [4, 4])
      let b = cell.resized(height: 5, width: 5, rows: 0..<4, columns: 0..<4)
      let seen = zip(b.scalars, weights.scalars).reduce(Float(0)) { $0 + $1.0 * $1.1 }
      expected = expected + 0.5 * seen * b
    }
    #expect(map.distance(to: expected) < 0.03)
  }

  @Test func `a score that is always the same has an empty map`() throws {
    let flat = ChainNetwork(
      input: [1, 4, 4],
      [.linear("logits", weights: Tensor(repeating: 0, shape: [2, 16]), bias: Tensor([3, 1], shape: [2]))])
    #expect(try RISE(masks: 20).attribution(in: session(of: flat)).status == .zeroGradient)
    let plain = try RISE(masks: 500, isCentered: false).attribution(in: session(of: flat))
    #expect(plain.values.scalars.allSatisfy { abs($0 - 3) < 0.5 })
  }

  @Test func `values that make no sense are refused`() throws {
    for method in [RISE(masks: 0), RISE(cells: 0), RISE(probability: 0), RISE(probability: .nan)] {
      #expect(throws: AttributionError.self) { try method.attribution(in: session(of: network)) }
    }
    for (name, value) in [("masks", "0"), ("cells", "-1"), ("probability", "1.5"), ("centered", "maybe")] {
      #expect(throws: AttributionError.self) { try RISE.descriptor.method([name: value]) }
    }
    #expect(
      try RISE(seed: 1).attribution(in: session(of: network)) != RISE(seed: 2).attribution(in: session(of: network)))
  }
}

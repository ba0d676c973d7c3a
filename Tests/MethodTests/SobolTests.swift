import AttributionKit
import Masks
import SobolMethod
import Tensors
import TestSupport
import Testing

@Suite struct SobolTests {
  /// On a sum of independent numbers, `Σ wᵢ mᵢ`, the indices are the terms' shares in its variance, `wᵢ²/Σ w²`.
  @Test func `of a sum each cell has its term's share of the variance`() throws {
    let weights = Tensor([3, 1, 0, -2], shape: [1, 4])
    let sum = ChainNetwork(input: [1, 2, 2], [.linear("logits", weights: weights, bias: Tensor([0.7], shape: [1]))])
    let session = try ExplanationSession(of: sum, on: Tensor(repeating: 1, shape: [1, 2, 2]), for: .logit(0))
    let map = try Sobol(designs: 1024, cells: 2).attribution(in: session).values
    for (index, expected) in zip(map.scalars, [9, 1, 0, 4] as [Float]) { #expect(abs(index - expected / 14) < 0.02) }
  }

  /// Jansen's estimator with its points asked for one by one.
  @Test func `the map is the estimator's`() throws {
    let network = ChainNetwork.tiny(side: 6), session = try session(of: network, for: .logit(2))
    let grid = try session.grid, sequence = SobolSequence(dimensions: 8, seed: 9)
    func score(_ numbers: [Float]) throws -> Float {
      let mask = Tensor(numbers, shape: [2, 2]).resized(height: 6, width: 6)
      return try network.trace(grid.masked(network.sample, by: mask)).logits.scalars[2]
    }
    let a = try (0..<5).map { try score(Array(sequence[$0].prefix(4))) }
    let mean = a.reduce(0, +) / 5, variance = a.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4
    let before = network.forwardPasses
    let map = try Sobol(designs: 5, cells: 2, seed: 9).attribution(in: session)
    #expect(network.forwardPasses - before == 25)
    #expect(map.values.shape == [2, 2])
    for cell in 0..<4 {
      let total = try (0..<5).reduce(Float(0)) { total, k in
        var changed = Array(sequence[k].prefix(4))
        changed[cell] = sequence[k][4 + cell]
        let change = a[k] - (try score(changed))
        return total + change * change
      }
      #expect(abs(map.values.scalars[cell] - total / (10 * variance)) < 1e-4)
    }
  }

  @Test func `a score that is always the same has no variance to share, and nonsense is refused`() throws {
    let flat = ChainNetwork(
      input: [1, 4, 4],
      [.linear("logits", weights: Tensor(repeating: 0, shape: [2, 16]), bias: Tensor([3, 1], shape: [2]))])
    #expect(try Sobol().attribution(in: session(of: flat)).status == .zeroGradient)
    for method in [Sobol(designs: 1), Sobol(cells: 0)] {
      #expect(throws: AttributionError.self) { try method.attribution(in: session(of: flat)) }
    }
    #expect(throws: AttributionError.self) { try Sobol.descriptor.method(["designs": "1"]) }
  }
}

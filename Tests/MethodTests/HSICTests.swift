import AttributionKit
import HSICMethod
import Tensors
import TestSupport
import Testing

@Suite struct HSICTests {
  let network = ChainNetwork.tiny(side: 6)

  /// The trace of four matrices, each written out.
  @Test func `the map is the trace of the centred kernels`() throws {
    let count = 12, session = try session(of: network, for: .logit(2)), grid = try session.grid
    let masks = (0..<count).map { index -> Tensor in
      var generator = SplitMix64(seed: 4, stream: index)
      return Tensor((0..<4).map { _ in generator.next() >> 63 == 1 ? 1 : 0 }, shape: [2, 2])
    }
    let y = try masks.map { mask in
      try network.trace(grid.masked(network.sample, by: mask.resized(height: 6, width: 6))).logits.scalars[2]
    }.map(Double.init)
    let distances = (0..<count).flatMap { i in (0..<i).map { abs(y[i] - y[$0]) } }.sorted()
    let middle = (distances[distances.count / 2 - 1] + distances[distances.count / 2]) / 2
    typealias Matrix = [[Double]]
    func times(_ a: Matrix, _ b: Matrix) -> Matrix {
      a.map { row in (0..<count).map { j in (0..<count).reduce(0) { $0 + row[$1] * b[$1][j] } } }
    }
    func matrix(_ entry: (Int, Int) -> Double) -> Matrix { (0..<count).map { i in (0..<count).map { entry(i, $0) } } }
    let h = matrix { ($0 == $1 ? 1 : 0) - 1 / Double(count) }
    let l = matrix { i, j in
      let scaled = (y[i] - y[j]) / middle
      return Double(Tensor([Float(-scaled * scaled / 2)], shape: [1]).exponentials().scalars[0])
    }
    let map = try HSIC(masks: count, cells: 2, seed: 4).attribution(in: session).values
    for cell in 0..<4 {
      let k = matrix { i, j in
        let difference = Double(masks[i].scalars[cell] - masks[j].scalars[cell])
        return 0.5 - difference * difference
      }
      let product = times(times(k, h), times(l, h))
      let trace = (0..<count).reduce(0) { $0 + product[$1][$1] }
      #expect(abs(Double(map.scalars[cell]) - trace / Double((count - 1) * (count - 1))) < 1e-6)
    }
  }

  @Test func `a cell on which the score does not depend stands out least`() throws {
    let weights = Tensor([3, 1, 0, -2], shape: [1, 4])
    let sum = ChainNetwork(input: [1, 2, 2], [.linear("logits", weights: weights, bias: Tensor([0.7], shape: [1]))])
    let session = try ExplanationSession(of: sum, on: Tensor(repeating: 1, shape: [1, 2, 2]), for: .logit(0))
    let map = try HSIC(masks: 600, cells: 2).attribution(in: session).values
    #expect(map.descendingOrder() == [0, 3, 1, 2])
    #expect(map.scalars[2] < map.scalars[0] / 50)
  }

  @Test func `a score that is always the same depends on nothing, and nonsense is refused`() throws {
    let flat = ChainNetwork(
      input: [1, 4, 4],
      [.linear("logits", weights: Tensor(repeating: 0, shape: [2, 16]), bias: Tensor([3, 1], shape: [2]))])
    #expect(try HSIC(masks: 20).attribution(in: session(of: flat)).values == Tensor(repeating: 0, shape: [7, 7]))
    for method in [HSIC(masks: 1), HSIC(cells: 0)] {
      #expect(throws: AttributionError.self) { try method.attribution(in: session(of: flat)) }
    }
    #expect(throws: AttributionError.self) { try HSIC.descriptor.method(["masks": "1"]) }
  }
}

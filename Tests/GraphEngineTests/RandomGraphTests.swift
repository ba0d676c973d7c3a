import GraphEngine
import Kernels
import Tensors
import Testing

/// Whatever the graph, the engine computes what the operators' definitions say, and pulls back their derivative.
@Suite struct `Random graphs` {
  @Test(arguments: 1...150 as ClosedRange<UInt64>)
  func `forward and backward agree with the definitions`(_ seed: UInt64) throws {
    let random = RandomGraph(seed: seed)
    let graph = random.graph
    var generator = SplitMix64(seed: seed &* 7919)
    func noise(_ shape: [Int]) -> [Float] { (0..<shape.reduce(1, *)).map { _ in generator.gaussian() } }
    let x = noise(random.inputShape), tangent = noise(random.inputShape)
    let naive = NaiveInterpreter(graph: graph)
    func defined(_ step: Double) -> NaiveArray {
      naive.output(for: NaiveArray(zip(x, tangent).map { Double($0) + step * Double($1) }, random.inputShape))
    }
    let expected = defined(0)
    let operators = graph.nodes.map(\.op.name).joined(separator: ", ")
    let size = expected.scalars.reduce(1e-3) { max($0, abs($1)) }

    for rewriting in [true, false] {
      let plan = try Plan(graph, rewriting: rewriting)
      let input = NDArray(x, shape: random.inputShape)
      let output = try plan.outputs(for: [input])[0]
      #expect(output.shape == expected.shape)
      let error = zip(output.scalars, expected.scalars).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
      #expect(error <= 3e-4 * size, "\(operators)")

      // ⟨pullback(v), t⟩ = ⟨v, J·t⟩, the right side from the definitions in double precision.
      let cotangent = noise(expected.shape)
      let trace = try plan.trace([input])
      let pass = try BackwardPass(
        through: trace, from: graph.outputs[0], cotangent: NDArray(cotangent, shape: expected.shape))
      let pulled = try #require(try pass.cotangent(of: "x")).scalars
      let step = 1e-6
      let slopes = zip(defined(step).scalars, defined(-step).scalars).map { ($0 - $1) / (2 * step) }
      let products = zip(cotangent, slopes).map { Double($0) * $1 }
      let scale = products.reduce(1e-3) { $0 + abs($1) }
      let difference = inner(pulled, tangent) - products.reduce(0, +)
      #expect(abs(difference) <= 2e-3 * scale, "\(operators)")
    }
  }
}

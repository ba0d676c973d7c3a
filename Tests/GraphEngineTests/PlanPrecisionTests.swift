import GraphEngine
import Kernels
import Testing

@Suite(.enabled(if: Precision.bfloat16.isSupported, "this processor has no bfloat16"))
struct PlanPrecisionTests {
  /// Numbers that 8 bits hold exactly leave nothing to round: a network of them must give its closed form.
  @Test func `small whole numbers come out exactly, forward and back`() throws {
    let (channels, classes, side) = (16, 4, 4)
    let diagonal = (0..<channels * channels).map { $0 / channels == $0 % channels ? Float($0 % 3 + 1) : 0 }
    let head = (0..<classes * channels).map { Float($0 % 7 - 3) }
    let graph = Graph(
      inputs: [.init("x", shape: [1, channels, side, side])],
      nodes: [
        Node(Convolution(ConvolutionGeometry()), ["x", "w"], to: "a"),
        Node(ElementwiseFunction(.relu), ["a"], to: "r"), Node(GlobalAveragePool(), ["r"], to: "p"),
        Node(Reshape(to: [1, channels]), ["p"], to: "f"), Node(Linear(transposesWeights: true), ["f", "h"], to: "y"),
      ],
      constants: [
        "w": NDArray(diagonal, shape: [channels, channels, 1, 1]).asConstant(),
        "h": NDArray(head, shape: [classes, channels]).asConstant(),
      ], outputs: ["y"])
    let x = (0..<channels * side * side).map { Float(($0 * 5) % 9 - 4) }
    // y = H · mean(max(0, D x)); ∂y/∂x = H D / 16 where x is positive, D being positive.
    var logits = [Float](repeating: 0, count: classes)
    var gradient = [Float](repeating: 0, count: x.count)
    for (index, number) in x.enumerated() where number > 0 {
      let channel = index / (side * side), diagonal = diagonal[channel * (channels + 1)]
      for row in 0..<classes { logits[row] += head[row * channels + channel] * diagonal * number / 16 }
      gradient[index] = head[2 * channels + channel] * diagonal / 16
    }
    let plan = try Plan(graph, precision: .bfloat16)
    let trace = try plan.trace([NDArray(x, shape: [1, channels, side, side])])
    #expect(try trace.value(named: "r").layout.precision == .bfloat16)
    #expect(try trace.value(named: "y").layout.precision == .float32)
    #expect(try trace.value(named: "y").scalars == logits)
    let pass = try BackwardPass(through: trace, from: "y", cotangent: NDArray([0, 0, 1, 0], shape: [1, classes]))
    #expect(try #require(try pass.cotangent(of: "r")).layout.shape == [1, channels, side, side])
    #expect(try #require(try pass.cotangent(of: "x")).scalars == gradient)
  }

  @Test(arguments: Pattern.all) func `values and gradients are those of float32 to 8 bits`(pattern: Pattern) throws {
    let exact = try Plan(pattern.graph)
    #expect(exact.precision == .float32)
    let activations = Set(pattern.graph.nodes.filter { $0.op.activation != nil }.map(\.output))
    for short in [true, false].map({ try? Plan(pattern.graph, rewriting: $0, precision: .bfloat16) }) {
      let short = try #require(short)
      let a = try short.trace([pattern.input]), b = try exact.trace([pattern.input])
      #expect(error(try short.outputs(for: [pattern.input])[0], try exact.outputs(for: [pattern.input])[0]) < 0.01)
      for node in pattern.graph.nodes {
        #expect(error(try a.value(named: node.output), try b.value(named: node.output)) < 0.01, "\(node.output)")
      }
      for rule: @Sendable (PlannedStep) -> StepCrossing in [
        { _ in .derivative }, { activations.contains($0.name) ? .derivativeOfPositive : .derivative },
        { activations.contains($0.name) ? .positive : .derivative },
      ] {
        let pulled = try [a, b].map { trace in
          let cotangent = ramp(try #require(exact.shape(of: "y")), phase: 0.3)
          let pass = try BackwardPass(through: trace, from: "y", cotangent: cotangent, crossing: rule)
          return try #require(try pass.cotangent(of: "x"))
        }
        #expect(error(pulled[0], pulled[1]) < 0.1)
      }
    }
  }

  /// The root mean square of the difference, relative to that of `reference`.
  private func error(_ x: NDArray, _ reference: NDArray) -> Double {
    guard x.shape == reference.shape else { return .infinity }
    let pairs = zip(x.scalars, reference.scalars).map { (Double($0), Double($1)) }
    let difference = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (difference / max(1e-30, pairs.reduce(0) { $0 + $1.1 * $1.1 })).squareRoot()
  }
}

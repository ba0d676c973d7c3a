import GraphEngine
import Kernels
import Synchronization
import Testing

/// Two branches that meet: `y = relu(a·x) + clip(x)`, flattened into a linear layer.
private let branching: Graph = {
  let geometry = ConvolutionGeometry(
    strides: [1, 1], dilations: [1, 1], paddingBefore: [1, 1], paddingAfter: [1, 1], groups: 1)
  return Graph(
    inputs: [.init("x", shape: [1, 3, 6, 6])],
    nodes: [
      Node("conv", Convolution(geometry), ["x", "w"], to: "a"), Node(ElementwiseFunction(.relu), ["a"], to: "r"),
      Node(ElementwiseFunction(.clip(-0.5, 0.5)), ["x"], to: "c"), Node(Arithmetic(.add), ["r", "c"], to: "s"),
      Node(GlobalAveragePool(), ["s"], to: "p"), Node(Reshape(to: [1, 3]), ["p"], to: "f"),
      Node("head", Linear(), ["f", "m"], to: "y"),
    ],
    constants: ["w": ramp([3, 3, 3, 3], phase: 0.1).asConstant(), "m": ramp([3, 4], phase: 0.6).asConstant()],
    outputs: ["y"])
}()

@Suite struct GraphTests {
  @Test func `a graph in any order gives the same numbers`() throws {
    var shuffled = branching
    shuffled.nodes.reverse()
    let x = ramp([1, 3, 6, 6])
    let a = try Plan(branching).outputs(for: [x])[0], b = try Plan(shuffled).outputs(for: [x])[0]
    #expect(a.scalars == b.scalars)
    #expect(a.shape == [1, 4])
  }

  @Test func `every gradient agrees with finite differences`() throws {
    let plan = try Plan(branching), x = ramp([1, 3, 6, 6])
    let pass = try BackwardPass(through: plan.trace([x]), from: "y", cotangent: NDArray([0, 1, 0, -1], shape: [1, 4]))
    let gradient = try #require(try pass.cotangent(of: "x")).scalars
    for i in stride(from: 0, to: x.count, by: 5) {
      func score(_ step: Float) throws -> Float {
        var moved = x.scalars
        moved[i] += step
        let y = try plan.outputs(for: [NDArray(moved, shape: x.shape)])[0].scalars
        return y[1] - y[3]
      }
      #expect(abs(try (score(5e-4) - score(-5e-4)) / 1e-3 - gradient[i]) < 2e-3)
    }
  }

  @Test func `a pass resumes where it stopped and remembers what was asked`() throws {
    let crossings = Mutex<[String]>([])
    let pass = try BackwardPass(
      through: Plan(branching).trace([ramp([1, 3, 6, 6])]), from: "y", cotangent: ramp([1, 4]), retaining: ["a"]
    ) { step in
      crossings.withLock { $0.append(step.name) }
      return .derivative
    }
    let deep = try #require(try pass.cotangent(of: "s"))
    #expect(crossings.withLock { $0 } == ["y", "f", "p"])
    _ = try pass.cotangent(of: "x")
    #expect(crossings.withLock { $0.count } == 7)
    #expect(try pass.cotangent(of: "s")?.scalars == deep.scalars)
    #expect(try pass.cotangent(of: "a") != nil)
    #expect(try pass.cotangent(of: "r") == nil)
  }

  @Test func `crossings gate cotangents`() throws {
    let trace = try Plan(branching).trace([ramp([1, 3, 6, 6])])
    func gradient(_ crossing: StepCrossing) throws -> [Float] {
      let pass = try BackwardPass(through: trace, from: "y", cotangent: NDArray([1, -1, 1, 1], shape: [1, 4])) { step in
        step.operatorName == "ReLU" ? crossing : .derivative
      }
      return try #require(try pass.cotangent(of: "a")).scalars
    }
    let activation = try trace.value(named: "a").scalars
    let plain = try gradient(.replaced { $0 })
    #expect(try gradient(.derivative) == zip(plain, activation).map { $1 > 0 ? $0 : 0 })
    #expect(try gradient(.positive) == plain.map { max(0, $0) })
    #expect(try gradient(.derivativeOfPositive) == zip(plain, activation).map { $1 > 0 ? max(0, $0) : 0 })
  }

  @Test func `values that were dropped are computed again`() throws {
    let trace = try Plan(branching).trace([ramp([1, 3, 6, 6])])
    let a = try trace.value(named: "a").scalars, r = try trace.value(named: "r").scalars
    #expect(r == a.map { max(0, $0) })
    #expect(throws: GraphError.noSuchValue("q")) { try trace.value(named: "q") }
  }

  @Test func `a batch gives what its images give one by one`() throws {
    var batched = branching
    batched.inputs = [.init("x", shape: [3, 3, 6, 6])]
    batched.nodes[5] = Node(Reshape(to: [3, 3]), ["p"], to: "f")
    let x = ramp([3, 3, 6, 6])
    let together = try Plan(batched).outputs(for: [x])[0].scalars
    let single = try Plan(branching)
    for n in 0..<3 {
      let image = NDArray(Array(x.scalars[n * 108..<n * 108 + 108]), shape: [1, 3, 6, 6])
      let alone = try single.outputs(for: [image])[0].scalars
      for (a, b) in zip(alone, together[n * 4..<n * 4 + 4]) { #expect(abs(a - b) < 1e-6) }
    }
  }

  @Test func `what does not hold together is refused by name`() {
    func plan(_ change: (inout Graph) -> Void) throws {
      var graph = branching
      change(&graph)
      _ = try Plan(graph)
    }
    #expect(throws: GraphError.danglingValue("q", node: "Linear 'head' → 'y'")) {
      try plan { $0.nodes[6] = Node("head", Linear(), ["f", "q"], to: "y") }
    }
    #expect(throws: GraphError.duplicateValue("s")) {
      try plan { $0.nodes.append(Node(Identity(), ["x"], to: "s")) }
    }
    #expect(throws: GraphError.noSuchValue("z")) { try plan { $0.outputs = ["z"] } }
    #expect(throws: GraphError.noOutputs) { try plan { $0.outputs = [] } }
    #expect {
      try plan { $0.nodes[0] = Node("conv", Arithmetic(.add), ["x", "r"], to: "a") }
    } throws: { error in
      if case GraphError.cycle(let nodes) = error { nodes.contains { $0.contains("conv") } } else { false }
    }
    #expect {
      try plan { $0.constants["m"] = ramp([5, 4]) }
    } throws: { error in
      guard case GraphError.shapeMismatch("Linear 'head' → 'y'", _, let reason) = error else { return false }
      return reason == "3 columns meet 5 rows"
    }
    #expect(throws: GraphError.wrongInput(name: "x", expected: [1, 3, 6, 6], given: [1, 3, 5, 6])) {
      _ = try Plan(branching).outputs(for: [ramp([1, 3, 5, 6])])
    }
  }
}

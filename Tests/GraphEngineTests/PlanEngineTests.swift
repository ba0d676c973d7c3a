import Dispatch
import GraphEngine
import Kernels
import Synchronization
import Testing

/// Passes on what it is given, and notes in how many parts the engine that it runs on has large work done.
private struct Probe: Operator {
  final class Notes: Sendable {
    let parts = Mutex<[Int]>([])

    func note() {
      let count = Atomic(0)
      Engine.current.split(1 << 20) { _ in count.add(1, ordering: .relaxed) }
      parts.withLock { $0.append(count.load(ordering: .relaxed)) }
    }
  }
  let notes: Notes

  let pullbackNeeds = PullbackNeeds.nothing
  let kind = OperatorKind.other
  func outputShape(of inputs: [[Int]]) throws -> [Int] { inputs[0] }
  func forward(_ inputs: [NDArray]) throws -> NDArray {
    notes.note()
    return inputs[0]
  }
  func pullback(_ cotangent: NDArray, at point: LinearizationPoint) throws -> [NDArray?] {
    notes.note()
    return [cotangent]
  }

  func placeFlow(of inputs: [[Int]]) -> PlaceFlow { .elementwise }
  func influence(of inputs: [[Int]]) -> [Influence] { [.elementwise] }
  func isAffine(in input: Int) -> Bool { true }
  func keepsSilentChannels(of shape: [Int]) -> Bool { true }
}

@Suite struct PlanEngineTests {
  /// Convolution and probe, whose constants all networks share.
  private func network(_ notes: Probe.Notes, _ weights: NDArray) -> Graph {
    Graph(
      inputs: [.init("x", shape: [1, 3, 20, 20])],
      nodes: [
        Node(Convolution(ConvolutionGeometry(padding: 1)), ["x", "w"], to: "a"),
        Node(Probe(notes: notes), ["a"], to: "b"),
        Node(ElementwiseFunction(.relu), ["b"], to: "y"),
      ],
      constants: ["w": weights], outputs: ["y"])
  }

  @Test func `two networks compute at once, each on its own number of threads`() throws {
    let weights = ramp([16, 3, 3, 3]).asConstant(), x = ramp([1, 3, 20, 20])
    let counts = [1, 3], notes = counts.map { _ in Probe.Notes() }
    let plans = try zip(counts, notes).map { try Plan(network($1, weights), engine: Engine(threads: $0)) }
    let expected = try Plan(network(Probe.Notes(), weights)).outputs(for: [x])[0].scalars
    let failures = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: counts.count) { index in
      do {
        for _ in 0..<20 {
          let trace = try plans[index].trace([x])
          let pass = try BackwardPass(through: trace, from: "y", cotangent: ramp([1, 16, 20, 20]))
          let (gradient, found) = (try pass.cotangent(of: "x"), try plans[index].outputs(for: [x])[0].scalars)
          if gradient == nil || zip(found, expected).contains(where: { abs($0 - $1) > 1e-5 }) {
            failures.withLock { $0.append("\(counts[index]) threads give other numbers") }
          }
        }
      } catch { failures.withLock { $0.append("\(error)") } }
    }
    #expect(failures.withLock { $0 } == [])
    for (count, notes) in zip(counts, notes) {
      // Forward for the trace, back, and forward for the outputs.
      #expect(notes.parts.withLock { $0 } == Array(repeating: count, count: 60))
    }
  }

  @Test func `a plan runs on the engine around its making, unless it is given another`() throws {
    let weights = ramp([16, 3, 3, 3]).asConstant(), graph = network(Probe.Notes(), weights), engine = Engine(threads: 2)
    #expect(try engine.run { try Plan(graph) }.engine === engine)
    #expect(try engine.run { try Plan(graph, engine: .standard) }.engine === Engine.standard)
    #expect(try Plan(graph).engine === Engine.standard)
  }

  @Test func `memory and kernels are those of the plan's engine`() throws {
    let engine = Engine(threads: 2)
    let plan = try Plan(network(Probe.Notes(), ramp([16, 3, 3, 3]).asConstant()), engine: engine)
    #expect(engine.retainedKernels == 0)
    _ = try plan.outputs(for: [ramp([1, 3, 20, 20])])
    #expect(engine.retainedKernels > 0 && engine.memory.retainedBytes > 0)
  }
}

import GraphAdapter
import GraphEngine
import Kernels

/// A network `z`, one number for each of some classes, that goes on by nodes of a test's own to its output `y`.
struct OutputEnd {
  let nodes: [Node]
  let constants: [String: NDArray]
  let reading: OutputReading
  private let classes: Int

  /// The numbers that ends often need, by their values.
  static let numbers: [String: NDArray] = [
    "0": .number(0), "1": .number(1), "2": .number(2), "0.5": .number(0.5), "0.9": .number(0.9), "0.2": .number(0.2),
    "100": .number(100), "360": .number(360), "tiny": .number(1e-7), "4": .number(4),
    "infinity": .number(.infinity), "lowest": .number(-3.4e38), "-1": .number(-1), "255th": .number(1.0 / 255),
  ]

  init(_ nodes: [Node], classes: Int = 4, _ constants: [String: NDArray] = [:]) throws {
    self.nodes = nodes
    self.classes = classes
    self.constants = Self.numbers.merging(constants) { _, own in own }
    let weights = (0..<3 * classes).map { Float($0 * 7 % 11) / 11 - 0.5 }
    let graph = Graph(
      inputs: [.init("image", shape: [1, 3, 4, 4])],
      nodes: [
        Node(GlobalAveragePool(), ["image"], to: "pooled"), Node(Reshape(to: [1, 3]), ["pooled"], to: "flat"),
        Node(Linear(), ["flat", "weights"], to: "z"),
      ] + nodes,
      constants: self.constants.merging(["weights": NDArray(weights, shape: [3, classes])]) { a, _ in a },
      outputs: ["y"])
    reading = OutputReading(of: "y", in: graph, planned: try Plan(graph))
  }

  /// The output, and what is explained of it, for these scores.
  func values(at z: [Float]) throws -> (output: [Float], explained: [Float]) {
    let graph = Graph(
      inputs: [.init("z", shape: [1, classes])], nodes: nodes + reading.addedNodes, constants: constants,
      outputs: ["y", reading.logits])
    let arrays = try Plan(graph).outputs(for: [NDArray(z, shape: [1, classes])])
    return (arrays[0].scalars, arrays[1].scalars)
  }
}

extension NDArray {
  static func number(_ number: Float) -> NDArray { NDArray([number], shape: []) }
}

extension Node {
  init(_ function: UnaryFunction, _ input: String, to output: String) {
    self.init(ElementwiseFunction(function), [input], to: output)
  }

  init(_ function: BinaryFunction, _ a: String, _ b: String, to output: String) {
    self.init(Arithmetic(function), [a, b], to: output)
  }

  init(_ kind: ReductionKind, of input: String, axes: [Int] = [1], to output: String) {
    self.init(Reduction(kind, axes: axes, keepsDimensions: true), [input], to: output)
  }

  /// The same step to another value.
  func renamed(_ output: String) -> Node { Node(op, inputs, to: output) }
}

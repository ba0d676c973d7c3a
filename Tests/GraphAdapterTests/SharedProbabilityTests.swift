import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Testing

/// Probabilities that a matrix of the file sums or shares out, and products of them.
@Suite struct SharedProbabilityTests {
  private func reading(_ nodes: [Node], _ constants: [String: NDArray]) throws -> OutputReading {
    let graph = Graph(
      inputs: [.init("z", shape: [1, 4])], nodes: nodes, constants: constants, outputs: ["y"])
    return try OutputReading(of: "y", in: graph, planned: Plan(graph, rewriting: false))
  }

  private let softmax = Node(Softmax(axis: 1), ["z"], to: "p")

  @Test(arguments: [
    [1, 0, 1, 0, 0, 1, 0, 1], [0.9, 0.1, 0.2, 0.8, 0.5, 0.5, 0, 1] as [Float],
  ])
  func `probabilities of groups are probabilities`(matrix: [Float]) throws {
    let found = try reading(
      [softmax, Node(MatrixProduct(), ["p", "M"], to: "y")], ["M": NDArray(matrix, shape: [4, 2])])
    #expect(found.isProbability && found.link == nil && found.obstacle == nil)
  }

  @Test func `other weights make other numbers of them`() throws {
    let found = try reading(
      [softmax, Node(MatrixProduct(), ["p", "M"], to: "y")],
      ["M": NDArray([1, 2, 3, 4, 5, 6, 7, 8], shape: [4, 2])])
    #expect(!found.isProbability)
  }

  @Test func `the probability that any of several is right is one`() throws {
    let found = try reading(
      [
        Node(ElementwiseFunction(.sigmoid), ["z"], to: "p"),
        Node(ElementwiseFunction(.linear(-1, 1)), ["p"], to: "q"),
        Node(Reduction(.product, axes: [1], keepsDimensions: true), ["q"], to: "r"),
        Node(ElementwiseFunction(.linear(-1, 1)), ["r"], to: "y"),
      ], [:])
    #expect(found.isProbability && found.obstacle == nil)
  }
}

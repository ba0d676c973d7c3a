import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Testing

@Suite struct DamagedWeightTests {
  /// The first layer found broken of a network whose classes a mask is added to.
  private func damaged(weight: Float = 0.5, mask: [Float]) throws -> String? {
    let graph = Graph(
      inputs: [.init("image", shape: [1, 3, 2, 2])],
      nodes: [
        Node(Reshape(to: [1, 12]), ["image"], to: "row"),
        Node(Linear(transposesWeights: true), ["row", "w"], to: "z"),
        Node(Arithmetic(.add), ["z", "mask"], to: "masked"), Node(Softmax(axis: 1), ["masked"], to: "y"),
      ],
      constants: [
        "w": NDArray([weight] + [Float](repeating: 0.25, count: 35), shape: [3, 12]), "mask": NDArray(mask, shape: [3]),
      ], outputs: ["y"])
    return try GraphModel(graph).damagedLayer?.name
  }

  @Test func `classes that a mask rules out are no broken weights`() throws {
    #expect(try damaged(mask: [0, -.infinity, 0]) == nil)
    #expect(try damaged(mask: [0, .nan, 0]) != nil)
    #expect(try damaged(mask: [0, .infinity, 0]) != nil)
    #expect(try damaged(weight: -.infinity, mask: [0, 0, 0]) != nil)
  }
}

import GraphEngine
import Kernels
import Testing

/// One image through a network that was made for several.
@Suite struct `Networks made for several images` {
  private let images = 4

  private func noise(_ shape: [Int], _ seed: Float = 0) -> NDArray {
    NDArray((0..<shape.reduce(1, *)).map { sinLike(Float($0) * 1.37 + seed) }, shape: shape)
  }

  /// A cheap wave: the engine's tests need no other numbers.
  private func sinLike(_ x: Float) -> Float {
    let turn = x * 0.159_154_94 - (x * 0.159_154_94).rounded()
    return 8 * turn * (1 - 2 * abs(turn))
  }

  private func graph(_ shape: [Int], _ nodes: [Node], _ constants: [String: NDArray] = [:]) -> Graph {
    Graph(
      inputs: [.init("x", shape: [images] + shape)], nodes: nodes, constants: constants.mapValues { $0.asConstant() },
      outputs: ["y"])
  }

  /// The first answer of the whole network to the image as each of them.
  private func firstAnswer(_ graph: Graph, _ x: NDArray) throws -> [Float] {
    let repeated = NDArray(Array(repeatElement(x.scalars, count: images).joined()), shape: graph.inputs[0].shape)
    let all = try Plan(graph).outputs(for: [repeated])[0].scalars
    return Array(all.prefix(all.count / images))
  }

  private func expectSameAnswer(_ graph: Graph, isAlone: Bool) throws {
    let network = try LoweredNetwork(graph, madeFor: images)
    let shape = [1] + graph.inputs[0].shape.dropFirst()
    #expect(network.graph.inputs.map(\.shape) == [shape] && network.graph.outputs == ["y"])
    #expect(!network.takesBatches && network.notes.count == 1)
    #expect(network.notes[0].contains("the network takes 4 images at a time"))
    let plan = try Plan(network.graph)
    let extents = network.graph.nodes.compactMap { plan.shape(of: $0.output)?.first }
    #expect(extents.contains(images) != isAlone)
    let x = noise(shape, 3)
    let (found, expected) = (try plan.outputs(for: [x])[0].scalars, try firstAnswer(graph, x))
    #expect(found.count == expected.count)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  private var convolution: ConvolutionGeometry {
    ConvolutionGeometry(strides: [1, 1], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0])
  }

  @Test func `are cut to one image where images do not meet`() throws {
    try expectSameAnswer(
      graph(
        [3, 4, 4],
        [
          Node(Convolution(convolution), ["x", "w"], to: "c"), Node(ElementwiseFunction(.relu), ["c"], to: "r"),
          Node(Reshape(to: [4, 36]), ["r"], to: "f"), Node(Linear(), ["f", "v"], to: "l"),
          Node(Softmax(axis: 1), ["l"], to: "y"),
        ], ["w": noise([4, 3, 2, 2]), "v": noise([36, 5], 1)]), isAlone: true)
  }

  /// A class token for each image, and tokens before images as PyTorch's attention has them.
  @Test func `are cut to one image wherever the images lie`() throws {
    try expectSameAnswer(
      graph(
        [4, 6],
        [
          Node(Concatenation(axis: 1), ["token", "x"], to: "t"),
          Node(Arithmetic(.add), ["t", "places"], to: "p"),
          Node(Transpose(permutation: [1, 0, 2]), ["p"], to: "s"),
          Node(Reshape(to: [5, 8, 3]), ["s"], to: "heads"),
          Node(Transpose(permutation: [1, 0, 2]), ["heads"], to: "q"),
          Node(Transpose(permutation: [0, 2, 1]), ["q"], to: "k"), Node(MatrixProduct(), ["q", "k"], to: "scores"),
          Node(Softmax(axis: 2), ["scores"], to: "weights"), Node(MatrixProduct(), ["weights", "q"], to: "a"),
          Node(Transpose(permutation: [1, 0, 2]), ["a"], to: "b"), Node(Reshape(to: [5, 4, 6]), ["b"], to: "joined"),
          Node(Transpose(permutation: [1, 0, 2]), ["joined"], to: "z"),
          Node(Slice(starts: [0, 0, 0], ends: [4, 1, 6], steps: [1, 1, 1]), ["z"], to: "first"),
          Node(Reshape(to: [4, 6]), ["first"], to: "y"),
        ],
        [
          "token": NDArray(Array(repeatElement(noise([6], 5).scalars, count: 4).joined()), shape: [4, 1, 6]),
          "places": noise([1, 5, 6], 2),
        ]), isAlone: true)
  }

  @Test func `are run whole where images meet`() throws {
    let meeting = graph(
      [3],
      [
        Node(Softmax(axis: 0), ["x"], to: "s"), Node(Linear(), ["s", "v"], to: "l"),
        Node(Softmax(axis: 1), ["l"], to: "y"),
      ], ["v": noise([3, 2])])
    try expectSameAnswer(meeting, isAlone: false)
    let network = try LoweredNetwork(meeting, madeFor: images)
    #expect(network.notes[0].contains("which meet within"))
    // The softmax is still the last step, so that it can be stepped over.
    #expect(network.graph.nodes.last { $0.output == "y" }?.op is Softmax)
  }

  /// The score is the first answer, the image stands for each of them.
  @Test(arguments: [false, true]) func `have the gradient of the first answer`(meets: Bool) throws {
    let nodes = [
      Node(ElementwiseFunction(.tanh), ["x"], to: "t"), Node(Softmax(axis: meets ? 0 : 1), ["t"], to: "s"),
      Node(Arithmetic(.multiply), ["s", "t"], to: "p"), Node(Linear(), ["p", "v"], to: "y"),
    ]
    let whole = graph([3], nodes, ["v": noise([3, 2])])
    let plan = try Plan(LoweredNetwork(whole, madeFor: images).graph)
    let x = noise([1, 3], 1)
    let walk = try BackwardPass(through: plan.trace([x]), from: "y", cotangent: NDArray([1, -2], shape: [1, 2]))
    let gradient = try #require(try walk.cotangent(of: "x")).scalars
    for place in 0..<3 {
      func score(_ step: Float) throws -> Float {
        var moved = x.scalars
        moved[place] += step
        let answer = try firstAnswer(whole, NDArray(moved, shape: [1, 3]))
        return answer[0] - 2 * answer[1]
      }
      let slope = try (score(0.01) - score(-0.01)) / 0.02
      #expect(abs(slope - gradient[place]) < 1e-3)
    }
  }

  @Test func `are refused where there is one answer for all`() throws {
    let summed = graph([3], [Node(Reduction(.sum, axes: [0], keepsDimensions: true), ["x"], to: "y")])
    #expect(throws: GraphError.self) { try LoweredNetwork(summed, madeFor: images) }
  }
}

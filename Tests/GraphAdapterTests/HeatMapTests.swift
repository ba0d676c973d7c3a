import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Testing

/// Softmaxes over places of the image, which say where something is rather than what.
@Suite struct HeatMapTests {
  /// A convolution to four maps of the image, `maps`, that goes on by `nodes` to `y`.
  private func graph(_ nodes: [Node]) -> Graph {
    let geometry = ConvolutionGeometry(
      strides: [1, 1], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0], groups: 1)
    return Graph(
      inputs: [.init("image", shape: [1, 3, 6, 8])],
      nodes: [Node(Convolution(geometry), ["image", "w"], to: "maps")] + nodes,
      constants: ["w": NDArray((0..<12).map { Float($0 * 5 % 7) / 7 - 0.4 }, shape: [4, 3, 1, 1])], outputs: ["y"])
  }

  private static let flat = Node(Reshape(to: [1, 4, 48]), ["maps"], to: "flat")

  @Test(arguments: [
    [Node(Softmax(axis: 3), ["maps"], to: "y")], [Node(Softmax(axis: 2), ["maps"], to: "y")],
    [flat, Node(Softmax(axis: 2), ["flat"], to: "p"), Node(Reshape(to: [1, 4, 6, 8]), ["p"], to: "y")],
    [
      Node(Transpose(permutation: [0, 2, 3, 1]), ["maps"], to: "last"), Node(Softmax(axis: 1), ["last"], to: "y"),
    ],
    // Summed over rows and columns by hand.
    [
      Node(.exp, "maps", to: "e"), Node(.sum, of: "e", axes: [2, 3], to: "s"), Node(.divide, "e", "s", to: "y"),
    ],
    // One map, flattened to a row: attention.
    [
      Node(Slice(starts: [0, 0, 0, 0], ends: [1, 1, 6, 8], steps: [1, 1, 1, 1]), ["maps"], to: "one"),
      Node(Reshape(to: [1, 48]), ["one"], to: "row"), Node(Softmax(axis: 1), ["row"], to: "y"),
    ],
    // Until opset 12, a softmax over everything.
    [
      Node(Reshape(to: [1, 192]), ["maps"], to: "all"), Node(Softmax(axis: 1), ["all"], to: "p"),
      Node(Reshape(to: [1, 4, 6, 8]), ["p"], to: "y"),
    ],
  ])
  func `a softmax over places is not taken for one over classes`(nodes: [Node]) throws {
    let graph = graph(nodes)
    let reading = OutputReading(of: "y", in: graph, planned: try Plan(graph))
    #expect(reading.obstacle == .places && reading.logits == "y" && reading.link == nil)
    let model = try GraphModel(graph)
    #expect(model.reading.obstacle == .places && model.explained.kind == .numbers && model.explained.link == nil)
    // Taken for numbers, they can be asked about, though their sum says nothing.
    let numbers = try GraphModel(graph, as: .numbers)
    #expect(numbers.explained.link == nil && numbers.logitsName == "y" && numbers.reading.obstacle == .places)
  }

  @Test(arguments: [
    [Node(Softmax(axis: 1), ["maps"], to: "y")],
    [
      Node(Transpose(permutation: [0, 2, 3, 1]), ["maps"], to: "last"), Node(Softmax(axis: 3), ["last"], to: "y"),
    ],
    [
      Node(Softmax(axis: 1), ["maps"], to: "p"), Node(.mean, of: "p", axes: [2, 3], to: "y"),
    ],
    [
      Node(.mean, of: "maps", axes: [2, 3], to: "m"), Node(Reshape(to: [1, 4]), ["m"], to: "z"),
      Node(Softmax(axis: 1), ["z"], to: "y"),
    ],
  ])
  func `a softmax over classes stays one`(nodes: [Node]) throws {
    let graph = graph(nodes)
    let reading = OutputReading(of: "y", in: graph, planned: try Plan(graph))
    #expect(reading.obstacle == nil && reading.ending == .softmax)
    #expect(try GraphModel(graph).explained.link != nil)
  }

  @Test func `scores beside attention are the answer`() throws {
    var graph = graph([
      HeatMapTests.flat, Node(.mean, of: "flat", axes: [1], to: "seen"),
      Node(Softmax(axis: 2), ["seen"], to: "weights"),
      Node(.mean, of: "maps", axes: [2, 3], to: "m"), Node(Reshape(to: [1, 4]), ["m"], to: "y"),
    ])
    graph.outputs = ["weights", "y"]
    let plan = try Plan(graph)
    let readings = graph.outputs.map { OutputReading(of: $0, in: graph, planned: plan) }
    guard case .taken(let taken, _, _) = OutputChoice(among: readings, labelCount: nil) else {
      Issue.record("nothing was taken")
      return
    }
    #expect(taken.output == "y")
  }
}

import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import TestSupport
import Testing

/// What the numbers of an output mean, and which of its rows.
@Suite struct AnswerTests {
  private let image = numbers([3, 8, 12]).tensor

  /// A transformer that puts out its tokens.
  private func tokens(appendsClassToken: Bool = false) -> Graph {
    var graph = TinyTransformer(appendsClassToken: appendsClassToken).graph
    graph.outputs = ["norm2"]
    return graph
  }

  /// The linear layer of an image's means, then `nodes`.
  private func head(_ nodes: [Node], output: String, count: Int = 3) -> Graph {
    Graph(
      inputs: [.init("image", shape: [1, 3, 8, 12])],
      nodes: [
        Node(GlobalAveragePool(), ["image"], to: "pooled"), Node(Reshape(to: [1, 3]), ["pooled"], to: "flat"),
        Node(Linear(), ["flat", "w"], to: "z"),
      ] + nodes, constants: ["w": numbers([3, count])], outputs: [output])
  }

  @Test func `of tokens behind a class token, its row is explained`() throws {
    let model = try GraphModel(tokens())
    #expect(model.outputs[0].shape == [4] && model.reading.row == OutputRows(from: 0, isFound: true))
    let session = try ExplanationSession(of: model, on: image, for: .logit(2))
    let all = try session.activation(at: try #require(model.layers.first { $0.name == "norm2" }).native)
    #expect(session.logits.scalars == Array(all.scalars.prefix(4)))
    #expect(try session.inputGradient().scalars.contains { $0 != 0 })
    #expect(model.automaticLayer?.layer.name == "norm1")
    // The same as a network that reads its class token by itself.
    let read = try GraphModel(TinyTransformer().graph, output: "logits")
    #expect(read.automaticLayer?.layer.name == model.automaticLayer?.layer.name)
  }

  @Test func `rows are chosen by number, and the rest of them are maps`() throws {
    let graph = tokens()
    let all = try GraphModel(graph, output: "norm2[1:]")
    #expect(all.outputs[0].shape == [4, 2, 3] && all.outputs[0].kind == .places(.softmax))
    let third = try GraphModel(graph, output: "norm2[3]")
    let places = try all.trace(image).logits, row = try third.trace(image).logits
    // Row 3 is the third place.
    #expect(row.shape == [4] && row.scalars == (0..<4).map { places.scalars[$0 * 6 + 2] })
    #expect(third.reading.row == OutputRows(from: 3))
    #expect(throws: GraphModelError.noSuchRow(7, of: "norm2", [1, 7, 4])) { try GraphModel(graph, output: "norm2[7]") }
    #expect(throws: GraphModelError.self) { try GraphModel(TinyTransformer().graph, output: "logits[0]") }
    #expect(throws: GraphModelError.self) { try GraphModel(graph, output: "norm3[0]") }
  }

  /// `[1, classes, steps]`, as convolutions leave a text's steps.
  @Test func `a step is one of the image's places, wherever the classes stand`() throws {
    func model(_ output: String) throws -> GraphModel {
      try GraphModel(
        Graph(
          inputs: [.init("image", shape: [1, 3, 4, 8])],
          nodes: [
            Node(Convolution(ConvolutionGeometry()), ["image", "w"], to: "c"),
            Node(Reduction(.mean, axes: [2], keepsDimensions: false), ["c"], to: "y"),
          ], constants: ["w": NDArray(.scattered([5, 3, 1, 1], 0.61803)).asConstant()], outputs: ["y"]), output: output)
    }
    let image = Tensor.scattered([3, 4, 8], 0.5772)
    let whole = try model("y").trace(image).outputs[0], step = try model("y[6]").trace(image).outputs[0]
    #expect(whole.scalars.count == 40 && step.shape == [5])
    for channel in 0..<5 { #expect(abs(step.scalars[channel] - whole.scalars[channel * 8 + 6]) < 1e-6) }
    #expect(throws: GraphModelError.noSuchRow(8, of: "y", [1, 8, 5])) { try model("y[8]") }
  }

  @Test func `where a row without a place stands elsewhere, the answer is asked for`() throws {
    let graph = tokens(appendsClassToken: true)
    let model = try GraphModel(graph)
    #expect(model.outputs[0].link == nil && !model.layers.isEmpty)
    #expect(try GraphModel(graph, output: "norm2[6]").outputs[0].kind == .classes(.softmax))
  }

  @Test func `numbers are taken as the output has them`() throws {
    let sigmoid = head([Node(ElementwiseFunction(.sigmoid), ["z"], to: "y")], output: "y")
    let (classes, numbers) = (try GraphModel(sigmoid), try GraphModel(sigmoid, as: .numbers))
    #expect(classes.outputs[0].kind == .classes(.sigmoid) && numbers.outputs[0].kind == .numbers)
    let z = try classes.trace(image).logits, y = try numbers.trace(image).logits
    #expect(numbers.outputs[0].shape == [3] && zip(y.scalars, z.sigmoid().scalars).allSatisfy { abs($0 - $1) < 1e-6 })
    let session = try ExplanationSession(of: numbers, on: image, for: Opposite(of: .logit(1)))
    #expect(session.score.value == -y.scalars[1])
    #expect(throws: AttributionError.noClasses(numbers.outputs[0])) { try session.probabilities }
    // Landmarks are counted through; maps stay maps.
    let points = head([Node(Reshape(to: [1, 3, 2]), ["z"], to: "y")], output: "y", count: 6)
    #expect(try GraphModel(points).outputs[0].link == nil)
    #expect(try GraphModel(points, as: .numbers).outputs[0].shape == [6])
    #expect(try GraphModel(tokens(), output: "norm2[1:]", as: .numbers).outputs[0].shape == [4, 2, 3])
  }

  @Test func `what an output ends in stays, where it says what its numbers mean`() throws {
    let plain = head([], output: "z")
    #expect(try GraphModel(plain).outputs[0].link == .softmax)
    #expect(try GraphModel(plain, as: .multilabel).outputs[0].link == .sigmoid)
    #expect(try GraphModel(plain, as: .classes).outputs[0].link == .softmax)
    let softmax = head([Node(Softmax(axis: 1), ["z"], to: "y")], output: "y")
    #expect(try GraphModel(softmax, as: .multilabel).outputs[0].link == .softmax)
  }
}

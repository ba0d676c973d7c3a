import GraphEngine
import Kernels
import ONNXImport
import SwiftProtobuf
import Tensors
import Testing

/// Networks exported for a fixed number of images, and sizes that only look open.
@Suite struct `Fixed extents` {
  private func classifier(_ shape: [Int64], flat: [Int64]) -> ModelMessage {
    modelMessage(
      opset: 17, input: shape,
      weights: [
        tensor("w", [2, 3, 1, 1], [1, 2, 3, -1, 0, 1]), tensor("flat", integers: flat),
        tensor("v", [32, 2], (0..<64).map { Float($0 % 7) - 3 }),
      ],
      [
        node("Conv", ["x", "w"], ["c"]), node("Relu", ["c"], ["r"]), node("Reshape", ["r", "flat"], ["f"]),
        node("MatMul", ["f", "v"]),
      ])
  }

  @Test func `of batches leave one image with the layers of one`() throws {
    let eight = try ONNXModel(decoding: classifier([8, 3, 4, 4], flat: [8, 32]).bytes)
    let network = try eight.lowered()
    #expect(network.graph.inputs == [Graph.Input("x", shape: [1, 3, 4, 4])] && network.notes.count == 1)
    #expect(try Plan(network.graph).shape(of: "r") == [1, 2, 4, 4])
    let x = Tensor(gaussianNoise: [1, 3, 4, 4], seed: 1)
    let one = try classifier([1, 3, 4, 4], flat: [1, 32]).output(for: x)
    #expect(try Plan(network.graph).outputs(for: [NDArray(x)])[0].scalars == one.scalars)
    #expect(try eight.graph(batch: 8).inputs[0].shape == [8, 3, 4, 4])
    #expect(throws: ONNXError.fixedBatch(input: "x", declared: 8, asked: 2)) { try eight.graph(batch: 2) }
  }

  @Test func `of sizes that a file leaves open are the size's fault, not the model's`() throws {
    let open = classifier([1, 3, -1, -1], flat: [1, 32])
    #expect(try open.lowered(imageSize: (4, 4)).inputs[0].shape == [1, 3, 4, 4])
    let error = try #require(try open.failure(imageSize: (224, 224)))
    guard case .unfitImageSize(224, 224, _, nil) = error else { throw error }
    #expect("\(error)".contains("does not fit this network") && !"\(error)".contains("malformed"))
    // Pooled to four positions a side, images of 32 would do.
    var pooled = open
    pooled.graph.node[0] = node(
      "AveragePool", ["x"], ["p"], [attribute("kernel_shape", [8, 8]), attribute("strides", [8, 8])])
    pooled.graph.node.insert(node("Conv", ["p", "w"], ["c"]), at: 1)
    guard case .unfitImageSize(_, _, _, 32) = try pooled.failure(imageSize: (224, 224)) else {
      throw try #require(try pooled.failure(imageSize: (224, 224)))
    }
    let fixed = classifier([1, 3, 5, 5], flat: [1, 32])
    guard case .malformedNode = try fixed.failure() else { throw try #require(try fixed.failure()) }
  }

  @Test func `an error's sentence has at most 600 characters`() throws {
    let long = String(repeating: "layer/of/a/long/name/", count: 60)
    var odd = modelMessage([node("Bernoulli", ["x"], [long]), node("Relu", [long])])
    #expect("\(try #require(try odd.failure()))".count <= 600)
    odd = modelMessage(weights: [tensor("w", [2], [1, 2])], [node("Add", ["x", "w"], [long]), node("Relu", [long])])
    let sentence = "\(try #require(try odd.failure()))"
    #expect(sentence.count <= 600 && sentence.hasSuffix("export it again"))
    var many = modelMessage([node("Relu", ["x"])])
    many.graph.output += (0..<300).map { index in .with { $0.name = "output number \(index)" } }
    let model = try ONNXModel(decoding: many.bytes)
    let error = #expect(throws: ONNXError.self) { try model.graph(output: "z") }
    #expect("\(try #require(error))".count <= 600)
    #expect("\(try #require(error))".contains(" more"))
  }
}

import GraphEngine
import Kernels
import ONNXImport
import SwiftProtobuf
import Tensors
import Testing

/// Images without an axis for several, open channels, and networks that make one answer of several images.
@Suite struct `Images of odd shapes` {
  private let weights = tensor("w", [2, 3, 1, 1], [1, 2, 3, -1, 0, 1])

  private func model(_ input: [Int64], _ nodes: [NodeMessage]) throws -> ONNXModel {
    try ONNXModel(
      decoding: modelMessage(
        opset: 17, input: input,
        weights: [weights, tensor("front", integers: [0])], nodes
      ).bytes)
  }

  private let convolution = node("Conv", ["i", "w"], ["c"])

  @Test func `without a batch are given one of one`() throws {
    let pooled = [node("GlobalAveragePool", ["c"], ["y"])]
    let first = try model([3, 6, 5], [node("Unsqueeze", ["x", "front"], ["i"]), convolution] + pooled)
    #expect(first.inputs[0].isUnbatchedImage && !first.inputs[0].leavesImageSizeOpen)
    let graph = try first.graph()
    #expect(graph.inputs == [Graph.Input("x", shape: [1, 3, 6, 5])])
    let x = Tensor(gaussianNoise: [1, 3, 6, 5], seed: 1)
    let batched = try model([1, 3, 6, 5], [node("Identity", ["x"], ["i"]), convolution] + pooled).graph()
    let (alone, one) = (try Plan(graph).outputs(for: [NDArray(x)]), try Plan(batched).outputs(for: [NDArray(x)]))
    #expect(alone[0].scalars == one[0].scalars)
    // The places of the image are followed through the missing axis.
    let regions = ImageRegions(of: try Plan(graph), image: "x")
    #expect(regions.map(of: "c").extents == [1, 1, 6, 5])
    #expect(throws: ONNXError.fixedBatch(input: "x", declared: 1, asked: 2)) { try first.graph(batch: 2) }
  }

  @Test func `with the channels last, too`() throws {
    let last = try model(
      [8, 10, 3],
      [
        node("Unsqueeze", ["x", "front"], ["u"]), node("Transpose", ["u"], ["i"], [attribute("perm", [0, 3, 1, 2])]),
        node("Conv", ["i", "w"]),
      ])
    #expect(try last.graph().inputs == [Graph.Input("x", shape: [1, 8, 10, 3])])
    #expect(ImageRegions(of: try Plan(last.graph()), image: "x").map(of: "y").extents == [1, 1, 8, 10])
  }

  @Test(arguments: [[1, 65, 32], [-1, 1024, 3], [10, 32, 64], [3, 2, 40]] as [[Int64]])
  func `are told from tokens and points`(shape: [Int64]) throws {
    #expect(try !model(shape, [node("Relu", ["x"])]).inputs[0].isUnbatchedImage)
  }

  @Test func `that are none are called so`() throws {
    let tokens = try model([10, 32, 64], [node("Relu", ["x"])])
    #expect(throws: ONNXError.notAnImage(input: "x", declared: "10 × 32 × 64")) { try tokens.graph() }
  }

  @Test func `of open channels leave no size open`() throws {
    let open = try model([-1, -1, 4, 5], [node("Conv", ["x", "w"])])
    #expect(!open.inputs[0].leavesImageSizeOpen)
    #expect(try open.graph().inputs[0].shape == [1, 3, 4, 5])
    #expect(try model([-1, 3, -1, 5], [node("Conv", ["x", "w"])]).inputs[0].leavesImageSizeOpen)
    #expect(try model([1, -1, -1, 3], [node("Relu", ["x"])]).inputs[0].leavesImageSizeOpen)
  }

  @Test func `of which several have one answer are refused with that`() throws {
    let mixed = try model(
      [8, 3, 4, 5],
      [
        node("Conv", ["x", "w"], ["c"]), node("ReduceMean", ["c"], ["y"], [attribute("axes", [0])]),
      ])
    #expect(throws: ONNXError.mixedImages(input: "x", images: 8)) { try mixed.graph() }
    let sentence = ONNXError.mixedImages(input: "x", images: 8).description
    #expect(sentence.contains("one answer of the 8 images") && !sentence.contains("at a time, or"))
  }

  @Test func `are looked up in a table by a computed index`() throws {
    var message = modelMessage(
      opset: 17, input: [2, 4], weights: [tensor("table", [4], [30, 10, 0, 20])],
      [
        node("ArgMax", ["x"], ["a"], [attribute("axis", 1), attribute("keepdims", 0)]),
        node("Gather", ["table", "a"], ["y"], [attribute("axis", 0)]),
      ])
    message.graph.input[0].type = tensorType([2, 4])
    let model = try ONNXModel(decoding: message.bytes)
    let graph = try model.graph(batch: 2)
    let x = NDArray([0, 3, 1, 2, 9, 1, 1, 1], shape: [2, 4])
    let y = try Plan(graph).outputs(for: [x])[0]
    #expect(y.scalars == [10, 30] && y.shape == [2])
  }

  @Test func `a number without a shape stands for a whole input`() throws {
    var message = modelMessage(opset: 17, input: [1, 3], [node("Mul", ["x", "mask"])])
    message.graph.input.append(
      .with {
        $0.name = "mask"
        $0.type = tensorType([1, 3])
      })
    let model = try ONNXModel(decoding: message.bytes)
    let graph = try model.graph(fixed: ["mask": NDArray([2], shape: [])])
    #expect(try Plan(graph).outputs(for: [NDArray([1, 2, 3], shape: [1, 3])])[0].scalars == [2, 4, 6])
    #expect(throws: ONNXError.self) { try model.graph(fixed: ["mask": NDArray([2], shape: [1, 1])]) }
  }
}

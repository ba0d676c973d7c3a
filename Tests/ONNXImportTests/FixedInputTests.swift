import GraphEngine
import Kernels
import ONNXImport
import SwiftProtobuf
import Tensors
import Testing

/// Inputs that are given arrays are constants from there on: what they look up, size or hide is settled.
@Suite struct `Inputs that are fixed` {
  private func input(_ name: String, _ shape: [Int64], type: Int32 = 7, batch: String = "open")
    -> Limn_Onnx_ValueInfoProto
  {
    .with {
      $0.name = name
      $0.type = tensorType(shape)
      $0.type.tensorType.elemType = type
      if shape.first == -1 { $0.type.tensorType.shape.dim[0].dimParam = batch }
    }
  }

  private func model(
    _ image: [Int64], _ further: [Limn_Onnx_ValueInfoProto], weights: [TensorMessage] = [], _ nodes: [NodeMessage]
  ) throws -> ONNXModel {
    var message = modelMessage(opset: 17, input: image, weights: weights, nodes)
    message.graph.input += further
    return try ONNXModel(decoding: message.bytes)
  }

  private func result(_ graph: Graph, _ x: Tensor) throws -> Tensor {
    try Plan(graph).outputs(for: [NDArray(x)])[0].tensor
  }

  /// An image's features beside what a category is looked up as.
  private func embedding(images: Int64 = -1) throws -> ONNXModel {
    try model(
      [images, 2], [input("site", [images])], weights: [tensor("table", [3, 2], [1, 2, 3, 4, 5, 6])],
      [node("Gather", ["table", "site"], ["e"]), node("Concat", ["x", "e"], ["y"], [attribute("axis", 1)])])
  }

  @Test func `look up embeddings`() throws {
    let graph = try embedding().graph(fixed: ["site": NDArray([2], shape: [1])])
    #expect(graph.inputs.map(\.name) == ["x"])
    #expect(try result(graph, Tensor([8, 9], shape: [1, 2])).scalars == [8, 9, 5, 6])
  }

  @Test func `hold for every image of a batch`() throws {
    let graph = try embedding().graph(batch: 2, fixed: ["site": NDArray([1], shape: [1])])
    let x = Tensor([8, 9, 10, 11], shape: [2, 2])
    #expect(try result(graph, x).scalars == [8, 9, 3, 4, 10, 11, 3, 4])
  }

  /// As the texts of CLIP, whose number has nothing to do with that of images.
  @Test func `stay as they are where their first axis counts something else`() throws {
    let clip = try model(
      [-1, 2], [input("words", [-1, 2], batch: "texts")], weights: [tensor("table", [3, 2], [1, 2, 3, 4, 5, 6])],
      [
        node("Gather", ["table", "words"], ["e"]),
        node("ReduceMean", ["e"], ["t"], [attribute("axes", [1]), attribute("keepdims", 0)]),
        node("Transpose", ["t"], ["u"]), node("MatMul", ["x", "u"]),
      ])
    let graph = try clip.graph(batch: 2, fixed: ["words": NDArray([0, 1], shape: [1, 2])])
    #expect(try result(graph, Tensor([1, 0, 0, 1], shape: [2, 2])).scalars == [2, 3])
  }

  @Test func `settle sizes, shapes and slices`() throws {
    let resized = try model(
      [1, 1, 2, 2], [input("size", [4])],
      [node("Resize", ["x", "", "", "size"], ["y"], [attribute("mode", "nearest")])])
    let graph = try resized.graph(fixed: ["size": NDArray([1, 1, 4, 2], shape: [4])])
    #expect(try result(graph, counting([1, 1, 2, 2])).scalars == [0, 1, 0, 1, 2, 3, 2, 3])
    let cut = try model(
      [1, 4], [input("shape", [2]), input("end", [1])], weights: [tensor("zero", integers: [0])],
      [node("Reshape", ["x", "shape"], ["r"]), node("Slice", ["r", "zero", "end"])])
    let part = try cut.graph(fixed: ["shape": NDArray([2, 2], shape: [2]), "end": NDArray([1], shape: [1])])
    #expect(try result(part, counting([1, 4])).scalars == [0, 1])
  }

  @Test func `are truths where the file takes truths, and reals where it takes reals`() throws {
    let masked = try model(
      [1, 3], [input("mask", [1, 3], type: 9), input("gain", [1, 3], type: 1)], weights: [tensor("none", [], [-1])],
      [node("Where", ["mask", "x", "none"], ["m"]), node("Mul", ["m", "gain"])])
    let graph = try masked.graph(fixed: [
      "mask": NDArray([1, 0, 1], shape: [3]), "gain": NDArray([0.5, 2, 3], shape: [1, 3]),
    ])
    #expect(try result(graph, Tensor([4, 5, 6], shape: [1, 3])).scalars == [2, -2, 18])
  }

  @Test func `must be what the file takes`() throws {
    let model = try embedding()
    #expect(throws: ONNXError.noSuchInput("place", inputs: ["x", "site"])) {
      try model.graph(fixed: ["place": NDArray([0], shape: [1])])
    }
    #expect(throws: ONNXError.self) { try model.graph(fixed: ["site": NDArray([0, 1], shape: [1, 2])]) }
    let error = #expect(throws: ONNXError.self) { try model.graph(fixed: ["site": NDArray([0.5], shape: [1])]) }
    #expect("\(try #require(error))".contains("'site'"))
    #expect("\(try #require(error))".contains("0.5"))
    #expect(throws: ONNXError.self) { try model.graph(fixed: ["site": NDArray([3], shape: [1])]) }
  }

  /// Three texts beside one image, which the file does not call a batch of three.
  @Test func `need not count images along their first axis`() throws {
    let model = try model(
      [1, 2], [input("words", [3, 2])], weights: [tensor("table", [3, 2], [1, 2, 3, 4, 5, 6])],
      [node("Gather", ["table", "words"], ["e"]), node("ReduceSum", ["e"], ["s"]), node("Mul", ["x", "s"])])
    let graph = try model.graph(fixed: ["words": NDArray([0, 0, 1, 1, 2, 2], shape: [3, 2])])
    #expect(try result(graph, Tensor([1, -1], shape: [1, 2])).scalars == [42, -42])
    let error = #expect(throws: ONNXError.self) { try model.graph() }
    #expect("\(try #require(error))".contains("depends on the input 'words'"))
  }

  @Test func `are named where one is missing`() throws {
    let error = #expect(throws: ONNXError.self) { try embedding().graph() }
    let sentence = "\(try #require(error))"
    #expect(sentence.contains("depends on the input 'site'") && !sentence.contains("the image"))
  }
}

import GraphEngine
import ONNXImport
import SwiftProtobuf
import Tensors
import Testing

@Suite struct `Branches and loops` {
  private func graph(
    _ nodes: [NodeMessage], inputs: [String] = [], outputs: [String], weights: [TensorMessage] = []
  ) -> Limn_Onnx_GraphProto {
    .with {
      $0.node = nodes
      $0.input = inputs.map { name in .with { $0.name = name } }
      $0.output = outputs.map { name in .with { $0.name = name } }
      $0.initializer = weights
    }
  }

  private func attribute(_ name: String, _ graph: Limn_Onnx_GraphProto) -> Limn_Onnx_AttributeProto {
    .with {
      $0.name = name; $0.g = graph; $0.type = 5
    }
  }

  private func branching(on condition: [NodeMessage], _ name: String) -> ModelMessage {
    let taken = graph([node("Add", ["x", "w"], ["inner"])], outputs: ["inner"], weights: [tensor("w", [], [10])])
    let other = graph([node("Neg", ["x"], ["inner"])], outputs: ["inner"])
    let attributes = [attribute("then_branch", taken), attribute("else_branch", other)]
    return modelMessage(
      input: [1, 2], weights: [tensor("two", integers: [2])], condition + [node("If", [name], ["y"], attributes)])
  }

  @Test func `a branch that shapes decide is taken`() throws {
    let x = Tensor([1, 2], shape: [1, 2])
    let shape = [
      node("Shape", ["x"], ["shape"]), node("Size", ["shape"], ["rank"]), node("Equal", ["rank", "two"], ["is2"]),
    ]
    #expect(try branching(on: shape, "is2").output(for: x).scalars == [11, 12])
    let negated = shape + [node("Not", ["is2"], ["isNot2"])]
    #expect(try branching(on: negated, "isNot2").output(for: x).scalars == [-1, -2])
  }

  @Test func `a branch that the image decides is refused`() throws {
    let sum = [node("ReduceSum", ["x"], ["s"]), node("Greater", ["s", "two"], ["g"])]
    let sentence = "\(try #require(try branching(on: sum, "g").failure()))"
    #expect(sentence.contains("If") && sentence.contains("opset 18") && sentence.contains("depends on the image"))
  }

  @Test func `a loop of a known number of rounds is unrolled`() throws {
    // Each round doubles the carried value and hands it out as well.
    let body = graph(
      [
        node("Add", ["carried", "carried"], ["twice"]), node("Identity", ["goes on"], ["still"]),
        node("Identity", ["twice"], ["scan"]),
      ], inputs: ["round", "goes on", "carried"], outputs: ["still", "twice", "scan"])
    let loop = node("Loop", ["three", "", "x"], ["last", "all"], [attribute("body", body)])
    var model = modelMessage(
      input: [1, 2], weights: [tensor("three", integers: [3], shape: [])],
      [loop, node("ReduceSum", ["all", "zero"], ["sum"]), node("Add", ["sum", "last"])])
    model.graph.initializer.append(tensor("zero", integers: [0]))
    #expect(try model.output(for: Tensor([1, 10], shape: [1, 2])).scalars == [14 + 8, 140 + 80].map { Float($0) })
  }

  @Test func `a loop without end is refused`() throws {
    let body = graph(
      [node("Relu", ["carried"], ["next"]), node("Identity", ["goes on"], ["still"])],
      inputs: ["round", "goes on", "carried"], outputs: ["still", "next"])
    let model = modelMessage(input: [1, 2], [node("Loop", ["", "", "x"], ["y"], [attribute("body", body)])])
    #expect("\(try #require(try model.failure()))".contains("1024"))
  }
}

import GraphEngine
import Kernels
import ONNXImport
import SwiftProtobuf
import Tensors
import Testing

/// Whole numbers and truths are carried in float32 where that is exact, and refused where it is not.
@Suite struct `Element types of activations` {
  @Test func `casts cut off fractions, and truths come back as 0 and 1`() throws {
    let model = modelMessage(
      input: [1, 4], weights: [tensor("half", [], [0.5])],
      [
        node("Cast", ["x"], ["whole"], [attribute("to", 7)]), node("Cast", ["whole"], ["real"], [attribute("to", 1)]),
        node("Greater", ["x", "half"], ["more"]), node("Not", ["more"], ["less"]),
        node("Cast", ["less"], ["mask"], [attribute("to", 1)]), node("Mul", ["real", "mask"]),
      ])
    #expect(try model.output(for: Tensor([-2.7, 0.4, 0.6, 3.5], shape: [1, 4])).scalars == [-2, 0, 0, 0])
  }

  @Test func `truths combine as truths`() throws {
    func truths(_ type: String) throws -> [Float] {
      let model = modelMessage(
        input: [1, 4], weights: [tensor("low", [], [0]), tensor("high", [], [2])],
        [
          node("Greater", ["x", "low"], ["a"]), node("Less", ["x", "high"], ["b"]), node(type, ["a", "b"], ["c"]),
          node("Cast", ["c"], ["y"], [attribute("to", 1)]),
        ])
      return try model.output(for: Tensor([-1, 1, 2, 3], shape: [1, 4])).scalars
    }
    #expect(try truths("And") == [0, 1, 0, 0])
    #expect(try truths("Or") == [1, 1, 1, 1])
    #expect(try truths("Xor") == [1, 0, 1, 1])
  }

  @Test func `arithmetic of whole numbers that depend on the image is exact, or refused when it is not`() throws {
    let model = modelMessage(
      input: [1, 4], weights: [tensor("three", integers: [3])],
      [
        node("Cast", ["x"], ["whole"], [attribute("to", 7)]), node("Mul", ["whole", "whole"], ["square"]),
        node("Div", ["square", "three"], ["third"]), node("Mod", ["third", "three"], ["rest"]),
        node("Sub", ["three", "rest"], ["less"]), node("Cast", ["less"], ["y"], [attribute("to", 1)]),
      ])
    #expect(try model.output(for: Tensor([2.9, -4, 5, 1], shape: [1, 4])).scalars == [2, 1, 1, 3])
    #expect(throws: GraphError.self) { try model.output(for: Tensor([4097, 0, 0, 0], shape: [1, 4])) }
  }

  @Test func `narrower types wrap around`() throws {
    let model = modelMessage(
      input: [1, 2], weights: [],
      [
        node("Cast", ["x"], ["whole"], [attribute("to", 7)]), node("Cast", ["whole"], ["byte"], [attribute("to", 2)]),
        node("Add", ["byte", "byte"], ["twice"]), node("Cast", ["twice"], ["y"], [attribute("to", 1)]),
      ])
    #expect(try model.output(for: Tensor([200, -1], shape: [1, 2])).scalars == [144, 254])
  }

  @Test func `images of bytes are read as numbers`() throws {
    var model = modelMessage(
      input: [1, 4], [node("Cast", ["x"], ["real"], [attribute("to", 1)]), node("Sqrt", ["real"])])
    model.graph.input[0].type.tensorType.elemType = 2
    #expect(try model.output(for: Tensor([0, 4, 16, 225], shape: [1, 4])).scalars == [0, 2, 4, 15])
  }

  @Test func `constants wrap around as their type does`() throws {
    var model = modelMessage(
      input: [1, 2], weights: [tensor("a", integers: [200, 100]), tensor("b", integers: [100, 100])],
      [
        node("Cast", ["a"], ["a8"], [attribute("to", 2)]), node("Cast", ["b"], ["b8"], [attribute("to", 2)]),
        node("Add", ["a8", "b8"], ["sum"]), node("Cast", ["sum"], ["real"], [attribute("to", 1)]),
        node("Add", ["x", "real"]),
      ])
    #expect(try model.output(for: Tensor([0, 0], shape: [1, 2])).scalars == [44, 200])
    model.graph.node[2].opType = "Sub"
    #expect(try model.output(for: Tensor([0, 0], shape: [1, 2])).scalars == [100, 0])
  }

  @Test func `a sequence is refused by the operator that reads it`() throws {
    var model = modelMessage(input: [1, 4], [node("Identity", ["x"])])
    model.graph.input[0].type = .init()
    let sentence = "\(try #require(try model.failure()))"
    #expect(sentence.contains("Identity") && sentence.contains("opset 18") && sentence.contains("sequence"))
  }

  @Test func `a quantised network says so`() throws {
    let weights = [tensor("s", [], [0.1])]
    let zero = TensorMessage.with {
      $0.name = "z"; $0.dataType = 2; $0.int32Data = [3]
    }
    let model = modelMessage(
      input: [1, 3], weights: weights + [zero],
      [node("QuantizeLinear", ["x", "s", "z"], ["q"]), node("DequantizeLinear", ["q", "s", "z"])])
    let graph = try model.lowered()
    #expect(graph.isQuantized)
    let y = try model.output(for: Tensor([-5, 0.26, 1], shape: [1, 3])).scalars
    #expect(zip(y, [-0.3, 0.3, 1] as [Float]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(try modelMessage([node("Relu", ["x"])]).lowered().isQuantized == false)
  }
}

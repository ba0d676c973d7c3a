import Foundation
import GraphEngine
import Kernels
import ONNXImport
import Tensors
import Testing

@Suite struct `Shape arithmetic` {
  @Test func `PyTorch's flatten, taken apart into shape arithmetic, is one reshape`() throws {
    let model = modelMessage(
      input: [-1, 3, 4, 4], weights: [tensor("zero", integers: [0], shape: []), tensor("axes", integers: [0])],
      [
        node("Shape", ["x"], ["shape"]), node("Gather", ["shape", "zero"], ["n"]),
        node("Unsqueeze", ["n", "axes"], ["batch"]), node("Constant", [], ["rest"], [attribute("value_ints", [-1])]),
        node("Concat", ["batch", "rest"], ["target"], [attribute("axis", 0)]), node("Reshape", ["x", "target"]),
      ])
    let graph = try model.lowered(batch: 2)
    #expect(graph.nodes.map(\.op.name) == ["Reshape"])
    #expect(try Plan(graph).shape(of: "y") == [2, 48])
    #expect(graph.constants.isEmpty)
  }

  @Test func `sizes halved, cast and sliced stay exact integers`() throws {
    // The middle half of the columns: [w/4, w − w/4).
    let model = modelMessage(
      input: [1, 1, 1, 10],
      weights: [
        tensor("three", integers: [3], shape: []), tensor("four", integers: [4], shape: []),
        tensor("axes", integers: [0]), tensor("last", integers: [-1]),
      ],
      [
        node("Shape", ["x"], ["shape"]), node("Gather", ["shape", "three"], ["w"]),
        node("Div", ["w", "four"], ["quarter"]), node("Sub", ["w", "quarter"], ["end"]),
        node("Cast", ["quarter"], ["start"], [attribute("to", 7)]),
        node("Unsqueeze", ["start", "axes"], ["starts"]), node("Unsqueeze", ["end", "axes"], ["ends"]),
        node("Slice", ["x", "starts", "ends", "last"]),
      ])
    #expect(try model.output(for: counting([1, 1, 1, 10])).scalars == [2, 3, 4, 5, 6, 7])
  }

  @Test func `an expansion's open extents are chosen by where and equal`() throws {
    let model = modelMessage(
      input: [1, 1, 3],
      weights: [
        tensor("wanted", integers: [2, -1, 3]), tensor("open", integers: [-1]), tensor("ones", integers: [1, 1, 1]),
      ],
      [
        node("Equal", ["wanted", "open"], ["isOpen"]), node("Where", ["isOpen", "ones", "wanted"], ["target"]),
        node("Expand", ["x", "target"]),
      ])
    #expect(try model.output(for: counting([1, 1, 3])).scalars == [0, 1, 2, 0, 1, 2])
  }

  @Test func `chains of real constants are computed by the engine`() throws {
    let model = modelMessage(
      input: [1, 2], weights: [tensor("w", [2, 2], [1, 2, 3, 4]), tensor("half", [], [0.5])],
      [
        node("Transpose", ["w"], ["t"]), node("Mul", ["t", "half"], ["scaled"]), node("Sigmoid", ["scaled"], ["s"]),
        node("MatMul", ["x", "s"]),
      ])
    let graph = try model.lowered()
    #expect(graph.nodes.map(\.op.name) == ["MatrixProduct"])
    let sigmoid = { (x: Float) in 1 / (1 + Float(exp(-x))) }
    let expected = [0.5, 1.5, 1, 2].map(sigmoid)
    let folded = try #require(graph.constants["s"]).scalars
    #expect(zip(folded, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func `numbers without end are refused before they are made`() throws {
    let huge = tensor("n", integers: [1 << 30, 1 << 30])
    let model = modelMessage(weights: [huge], [node("ConstantOfShape", ["n"], ["c"]), node("Add", ["x", "c"])])
    guard case .tooLarge = try model.failure() else {
      Issue.record("\(String(describing: try model.failure()))")
      return
    }
  }

  @Test func `division by zero is zero and overflow wraps, never a trap`() throws {
    let cases: [(String, Int64, Int64, Float)] = [
      ("Div", 5, 0, 0), ("Div", .min, -1, -0x1p63), ("Mod", 5, 0, 0), ("Mod", .min, -1, 0), ("Mul", .max, .max, 1),
      ("Sub", .min, 1, 0x1p63), ("Add", .max, 1, -0x1p63),
    ]
    for (type, a, b, expected) in cases {
      let weights = [tensor("a", integers: [a]), tensor("b", integers: [b])]
      let model = modelMessage(
        input: [1], weights: weights,
        [node(type, ["a", "b"], ["n"]), node("Cast", ["n"], ["f"], [attribute("to", 1)]), node("Add", ["x", "f"])])
      #expect(try model.output(for: Tensor([0], shape: [1])).scalars == [expected], "\(type) of \(a) and \(b)")
    }
  }
}

import GraphEngine
import ONNXImport
import SwiftProtobuf
import Tensors
import Testing

/// What exporters took apart is one step again, and computes the same; what only looks alike is left as it is.
@Suite struct `Recognised activation functions` {
  private static let numbers: [String: Float] = [
    "half": 0.5, "one": 1, "two": 2, "three": 3, "six": 6, "zero": 0, "sixth": 1 / 6, "root2": 1.414_213_5,
    "by root2": 0.707_106_77, "k": 0.797_884_56, "a": 0.044_715, "epsilon": 1e-5,
  ]

  private func model(_ nodes: [NodeMessage]) -> ModelMessage {
    let weights = Self.numbers.sorted { $0.key < $1.key }.map { tensor($0.key, [], [$0.value]) }
    return modelMessage(opset: 18, input: [1, 2, 3, 8], weights: weights, nodes)
  }

  /// Expects the network to be one step of this name, with the values of the steps written out.
  private func expect(_ name: String, _ nodes: [NodeMessage], tolerance: Float = 2e-6) throws {
    let model = model(nodes)
    #expect(try model.lowered().nodes.map(\.op.name) == [name])
    let x = Tensor((0..<48).map { Float($0) / 6 - 4 }, shape: [1, 2, 3, 8])
    let whole = try model.output(for: x)
    // Each intermediate is read once more, as an output, so that nothing can be put together.
    var apart = model
    let names = nodes.map { $0.output[0] }.filter { $0 != "y" }
    for (index, node) in apart.graph.node.enumerated() where node.output[0] == "y" {
      apart.graph.node[index].output = ["last"]
    }
    let sums = names.enumerated().map { index, name in
      let previous = index == 0 ? "last" : "sum \(index - 1)"
      return [
        node("Mul", [name, "zero"], ["nothing \(index)"]),
        node("Add", [previous, "nothing \(index)"], ["sum \(index)"]),
      ]
    }
    apart.graph.node += sums.joined()
    apart.graph.output = [.with { $0.name = "sum \(names.count - 1)" }]
    let expected = try apart.output(for: x)
    let worst = zip(whole.scalars, expected.scalars).map { abs($0 - $1) }.max() ?? 1
    #expect(worst <= tolerance * 4)
  }

  @Test func `a GELU by the error function`() throws {
    try expect(
      "GELU",
      [
        node("Div", ["x", "root2"], ["d"]), node("Erf", ["d"], ["e"]), node("Add", ["e", "one"], ["s"]),
        node("Mul", ["x", "s"], ["m"]), node("Mul", ["m", "half"]),
      ])
    try expect(
      "GELU",
      [
        node("Mul", ["by root2", "x"], ["d"]), node("Erf", ["d"], ["e"]), node("Add", ["one", "e"], ["s"]),
        node("Mul", ["x", "half"], ["h"]), node("Mul", ["s", "h"]),
      ])
  }

  /// As where channels were weighted just before.
  @Test func `a GELU of a product`() throws {
    let nodes = [
      node("Sigmoid", ["x"], ["g"]), node("Tanh", ["x"], ["t"]), node("Mul", ["t", "g"], ["p"]),
      node("Div", ["p", "root2"], ["d"]), node("Erf", ["d"], ["e"]), node("Add", ["e", "one"], ["s"]),
      node("Mul", ["p", "s"], ["m"]), node("Mul", ["m", "half"]),
    ]
    #expect(try model(nodes).lowered().nodes.map(\.op.name) == ["Sigmoid", "Tanh", "Multiply", "GELU"])
  }

  @Test func `a GELU by the hyperbolic tangent`() throws {
    try expect(
      "GELU",
      [
        node("Pow", ["x", "three"], ["p"]), node("Mul", ["p", "a"], ["ap"]), node("Add", ["x", "ap"], ["s"]),
        node("Mul", ["s", "k"], ["u"]), node("Tanh", ["u"], ["t"]), node("Add", ["t", "one"], ["o"]),
        node("Mul", ["x", "half"], ["h"]), node("Mul", ["h", "o"]),
      ])
  }

  @Test func `a SiLU, a HardSwish in two spellings, a Mish, a HardSigmoid`() throws {
    try expect("SiLU", [node("Sigmoid", ["x"], ["s"]), node("Mul", ["s", "x"])])
    try expect(
      "HardSwish",
      [
        node("Add", ["x", "three"], ["a3"]), node("Clip", ["a3", "zero", "six"], ["c"]),
        node("Mul", ["x", "c"], ["m"]),
        node("Div", ["m", "six"]),
      ])
    try expect(
      "HardSwish",
      [
        node("HardSigmoid", ["x"], ["h"], [attribute("alpha", real: 1 / 6), attribute("beta", real: 0.5)]),
        node("Mul", ["x", "h"]),
      ])
    try expect("Mish", [node("Softplus", ["x"], ["p"]), node("Tanh", ["p"], ["t"]), node("Mul", ["x", "t"])])
    try expect(
      "HardSigmoid",
      [
        node("Add", ["x", "three"], ["a3"]), node("Clip", ["a3", "zero", "six"], ["c"]), node("Div", ["c", "six"]),
      ])
  }

  @Test func `a layer normalisation, its scale and shift included`() throws {
    var model = model([
      node("ReduceMean", ["x"], ["mean"], [attribute("axes", [-1])]), node("Sub", ["x", "mean"], ["d"]),
      node("Pow", ["d", "two"], ["p"]), node("ReduceMean", ["p"], ["v"], [attribute("axes", [-1])]),
      node("Add", ["v", "epsilon"], ["e"]), node("Sqrt", ["e"], ["s"]), node("Div", ["d", "s"], ["n"]),
      node("Mul", ["n", "scale"], ["m"]), node("Add", ["m", "shift"]),
    ])
    model.opsetImport[0].version = 17
    model.graph.initializer += [
      tensor("scale", [8], (1...8).map(Float.init)), tensor("shift", [8], (0..<8).map { 2 - Float($0) }),
    ]
    let graph = try model.lowered()
    #expect(graph.nodes.map(\.op.name) == ["LayerNormalization"])
    #expect(graph.nodes[0].inputs == ["x", "scale", "shift"])
    let y = try model.output(for: counting([1, 2, 3, 8]))
    // Eight numbers in steps of one have mean 3.5 and variance 5.25.
    for i in 0..<8 {
      let expected = (Float(i) - 3.5) / Float(5.25001).squareRoot() * Float(i + 1) + 2 - Float(i)
      #expect(abs(y.scalars[i] - expected) < 1e-4)
    }
  }

  @Test func `what only looks alike is left alone`() throws {
    func operators(_ nodes: [NodeMessage]) throws -> [String] { try model(nodes).lowered().nodes.map(\.op.name) }
    // A gate of another value, another bound, another number.
    let gated = [node("Relu", ["x"], ["r"]), node("Sigmoid", ["r"], ["s"]), node("Mul", ["x", "s"])]
    #expect(try operators(gated) == ["ReLU", "Sigmoid", "Multiply"])
    let shifted = [
      node("Add", ["x", "two"], ["a2"]), node("Clip", ["a2", "zero", "six"], ["c"]), node("Div", ["c", "six"]),
    ]
    #expect(try operators(shifted).contains("HardSigmoid") == false)
    let scaled = [
      node("Div", ["x", "two"], ["d"]), node("Erf", ["d"], ["e"]), node("Add", ["e", "one"], ["s"]),
      node("Mul", ["x", "s"], ["m"]), node("Mul", ["m", "half"]),
    ]
    #expect(try operators(scaled).contains("GELU") == false)
  }
}

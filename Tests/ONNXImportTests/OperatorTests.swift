import GraphEngine
import Kernels
import ONNXImport
import Tensors
import Testing

/// What changed in operators between opsets, and what attributes mean; numbers are the conformance suite's matter.
@Suite struct `Operators across opsets` {
  private func op<T: Operator>(_ model: ModelMessage, as: T.Type = T.self) throws -> T {
    let graph = try model.lowered()
    return try #require(graph.nodes.compactMap { $0.op as? T }.first)
  }

  @Test func `a clip's bounds are attributes, then inputs, and either may be missing`() throws {
    let attributes = [attribute("min", real: 0), attribute("max", real: 6)]
    let early = modelMessage(opset: 7, [node("Clip", ["x"], ["y"], attributes)])
    #expect(try op(early, as: ElementwiseFunction.self).function == .clip(0, 6))
    let weights = [tensor("low", [], [0]), tensor("high", [], [6])]
    let late = modelMessage(opset: 13, weights: weights, [node("Clip", ["x", "low", "high"])])
    #expect(try op(late, as: ElementwiseFunction.self).function == .clip(0, 6))
    let upper = modelMessage(opset: 13, weights: weights, [node("Clip", ["x", "", "high"])])
    #expect(try op(upper, as: ElementwiseFunction.self).function == .clip(-.infinity, 6))
  }

  @Test func `slices count from either end and walk backwards`() throws {
    let early = modelMessage(
      opset: 9, input: [1, 6],
      [node("Slice", ["x"], ["y"], [attribute("starts", [-4]), attribute("ends", [.max]), attribute("axes", [1])])])
    #expect(try early.output(for: counting([1, 6])).scalars == [2, 3, 4, 5])
    let late = modelMessage(
      input: [1, 6],
      weights: [
        tensor("s", integers: [-1]), tensor("e", integers: [.min + 1]), tensor("a", integers: [-1]),
        tensor("t", integers: [-2]),
      ], [node("Slice", ["x", "s", "e", "a", "t"])])
    #expect(try late.output(for: counting([1, 6])).scalars == [5, 3, 1])
  }

  @Test func `pads are attributes, then inputs, then by axis`() throws {
    let expected: [Float] = [9, 0, 1, 2, 9, 9]
    let early = modelMessage(
      opset: 10, input: [1, 3],
      [node("Pad", ["x"], ["y"], [attribute("pads", [0, 1, 0, 2]), attribute("value", real: 9)])])
    #expect(try early.output(for: counting([1, 3])).scalars == expected)
    let weights = [tensor("p", integers: [0, 1, 0, 2]), tensor("v", [], [9])]
    let late = modelMessage(opset: 13, input: [1, 3], weights: weights, [node("Pad", ["x", "p", "v"])])
    #expect(try late.output(for: counting([1, 3])).scalars == expected)
    let named = [tensor("p", integers: [1, 2]), tensor("v", [], [9]), tensor("a", integers: [-1])]
    let byAxis = modelMessage(opset: 18, input: [1, 3], weights: named, [node("Pad", ["x", "p", "v", "a"])])
    #expect(try byAxis.output(for: counting([1, 3])).scalars == expected)
  }

  @Test func `axes of squeezes and reductions are attributes, then inputs`() throws {
    let axes = tensor("a", integers: [-1])
    let cases: [(type: String, lastEarly: Int64, input: [Int64], shape: [Int])] = [
      ("Unsqueeze", 12, [2, 3], [2, 3, 1]), ("Squeeze", 12, [2, 1], [2]), ("ReduceSum", 12, [2, 3], [2, 1]),
      ("ReduceMean", 17, [2, 3], [2, 1]), ("ReduceMax", 17, [2, 3], [2, 1]),
    ]
    for (type, lastEarly, input, shape) in cases {
      let call = node(type, ["x"], ["y"], [attribute("axes", [-1])])
      let early = modelMessage(opset: lastEarly, input: input, [call])
      let late = modelMessage(opset: lastEarly + 1, input: input, weights: [axes], [node(type, ["x", "a"])])
      for model in [early, late] {
        let graph = try model.lowered(batch: 2)
        #expect(try Plan(graph).shape(of: "y") == shape, "\(type)")
      }
    }
  }

  @Test func `a softmax sees a matrix until opset 12 and one axis from 13 on`() throws {
    let x = counting([1, 2, 2])
    let early = modelMessage(opset: 12, input: [1, 2, 2], [node("Softmax", ["x"])])
    #expect(abs(try early.output(for: x).scalars.reduce(0, +) - 1) < 1e-6)
    let late = modelMessage(opset: 13, input: [1, 2, 2], [node("Softmax", ["x"])])
    #expect(abs(try late.output(for: x).scalars.reduce(0, +) - 2) < 1e-6)
    // Where all later axes have extent 1, the softmax stays in view, not between reshapes.
    let head = modelMessage(opset: 7, input: [1, 10, 1, 1], [node("Softmax", ["x"])])
    #expect(try head.lowered().nodes.map(\.op.name) == ["Softmax"])
  }

  @Test func `automatic padding is resolved with the input's extents`() throws {
    let weights = [tensor("w", [1, 1, 3, 2], [Float](repeating: 1, count: 6))]
    func geometry(_ padding: String) throws -> ConvolutionGeometry {
      let attributes = [attribute("auto_pad", padding), attribute("strides", [2, 1])]
      let call = node("Conv", ["x", "w"], ["y"], attributes)
      return try op(modelMessage(input: [1, 1, 6, 5], weights: weights, [call]), as: Convolution.self).geometry
    }
    let upper = try geometry("SAME_UPPER")
    #expect(upper.paddingBefore == [0, 0] && upper.paddingAfter == [1, 1])
    let lower = try geometry("SAME_LOWER")
    #expect(lower.paddingBefore == [1, 1] && lower.paddingAfter == [0, 0])
    let valid = try geometry("VALID")
    #expect(valid.paddingBefore == [0, 0] && valid.paddingAfter == [0, 0])
  }

  @Test func `parts of a split are slices of the lengths asked for`() throws {
    func parts(_ model: ModelMessage) throws -> [Float] { try model.output(for: counting([1, 5])).scalars }
    let early = modelMessage(
      opset: 11, input: [1, 5],
      [
        node("Split", ["x"], ["a", "b"], [attribute("axis", 1), attribute("split", [2, 3])]),
        node("Concat", ["b", "a"], ["y"], [attribute("axis", 1)]),
      ])
    #expect(try parts(early) == [2, 3, 4, 0, 1])
    let counted = modelMessage(
      input: [1, 5],
      [
        node("Split", ["x"], ["a", "b"], [attribute("axis", -1), attribute("num_outputs", 2)]),
        node("Concat", ["b", "a"], ["y"], [attribute("axis", -1)]),
      ])
    #expect(try parts(counted) == [3, 4, 0, 1, 2])
  }

  @Test func `what holds nothing is left out of a concatenation`() throws {
    let model = modelMessage(
      input: [1, 5], weights: [tensor("nothing", [1, 0], [])],
      [node("Concat", ["x", "nothing", "x"], ["y"], [attribute("axis", 1)])])
    #expect(try model.output(for: counting([1, 5])).scalars == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
  }

  @Test func `PyTorch's softplus, taken apart by its exporter, is one again`() throws {
    let model = modelMessage(
      weights: [tensor("t", [], [20])],
      [
        node("Softplus", ["x"], ["s"]), node("Greater", ["x", "t"], ["g"]), node("Where", ["g", "x", "s"], ["w"]),
        node("Relu", ["w"]),
      ])
    #expect(try model.lowered().nodes.map(\.output) == ["s", "y"])
    // A low threshold is another function, and must not be taken for the same.
    var other = model
    other.graph.initializer = [tensor("t", [], [2])]
    #expect(try other.lowered().nodes.map(\.op.name) == ["Softplus", "Comparison", "Where", "ReLU"])
  }

  @Test func `broadcasting as in opset 6 is refused`() throws {
    let call = node("Add", ["x", "w"], ["y"], [attribute("broadcast", 1), attribute("axis", 1)])
    guard case .unsupportedUse = try modelMessage(weights: [tensor("w", [3], [1, 2, 3])], [call]).failure() else {
      Issue.record("an axis to broadcast along was ignored")
      return
    }
  }

  /// Weights of mean 5 and 1 and of variance 4 and 0, the one scaled by 3 and shifted by 1, the other by 1 and 7.
  @Test func `weights that are standardised by their own statistics are constants`() throws {
    let numbers: [(String, [Int64], [Float])] = [
      ("w", [1, 2, 2], [3, 7, 1, 1]), ("s", [2], [3, 1]), ("b", [2], [1, 7]), ("m", [2], [0, 0]), ("v", [2], [1, 1]),
    ]
    let model = modelMessage(
      input: [1, 2, 2], weights: numbers.map { tensor($0.0, $0.1, $0.2) },
      [
        node("BatchNormalization", ["w", "s", "b", "m", "v"], ["standard"], [attribute("training_mode", 1)]),
        node("Add", ["x", "standard"]),
      ])
    #expect(try model.lowered().nodes.count == 1)
    let sum = try model.output(for: Tensor([0, 0, 0, 0], shape: [1, 2, 2])).scalars
    for (value, expected) in zip(sum, [-2, 4, 7, 7] as [Float]) { #expect(abs(value - expected) < 1e-4) }
  }

  @Test func `training mode is refused`() throws {
    let weights = ["s", "b", "m", "v"].map { tensor($0, [3], [1, 1, 1]) }
    let call = node("BatchNormalization", ["x", "s", "b", "m", "v"], ["y"], [attribute("training_mode", 1)])
    guard case .unsupportedUse = try modelMessage(weights: weights, [call]).failure() else {
      Issue.record("training mode was ignored")
      return
    }
  }
}

import Foundation
import GraphEngine
import Kernels
import ONNXImport
import SwiftProtobuf
import Tensors
import Testing

/// Lists of tensors, recurrent layers, and networks with what is done to their answer.
@Suite struct `Lists, recurrences and post-processing` {
  @Test func `lists are taken apart while the graph is lowered`() throws {
    let model = modelMessage(
      input: [1, 4], weights: [tensor("one", integers: [1], shape: []), tensor("two", integers: [2], shape: [])],
      [
        node("SplitToSequence", ["x", "two"], ["halves"], [attribute("axis", 1)]),
        node("SequenceAt", ["halves", "one"], ["second"]), node("SequenceInsert", ["halves", "second"], ["three"]),
        node("SequenceLength", ["three"], ["count"]), node("Cast", ["count"], ["real"], [attribute("to", 1)]),
        node("ConcatFromSequence", ["three"], ["joined"], [attribute("axis", 1)]), node("Mul", ["joined", "real"]),
      ])
    #expect(try model.output(for: Tensor([1, 2, 3, 4], shape: [1, 4])).scalars == [3, 6, 9, 12, 9, 12])
    #expect(try model.lowered().nodes.allSatisfy { !$0.op.name.contains("Sequence") })
  }

  @Test func `a recurrent layer whose weights do not fit is refused`() throws {
    let model = modelMessage(
      input: [1, 3, 2],
      weights: [tensor("w", [1, 4, 2], [Float](repeating: 0.5, count: 8)), tensor("r", [1, 3, 1], [1, 1, 1])],
      [node("LSTM", ["x", "w", "r"], ["y"], [attribute("layout", 1)])])
    #expect("\(try #require(try model.failure()))".contains("its weights do not fit"))
  }

  @Test func `h = tanh(w x + r h + b), backwards from the end`() throws {
    let model = modelMessage(
      input: [1, 3, 1],
      weights: [tensor("w", [1, 1, 1], [0.5]), tensor("r", [1, 1, 1], [-0.3]), tensor("b", [1, 2], [0.1, 0.2])],
      [node("RNN", ["x", "w", "r", "b"], ["y", "h"], [attribute("direction", "reverse"), attribute("layout", 1)])])
    let x: [Float] = [1, -2, 3]
    var (h, expected): (Float, [Float]) = (0, [0, 0, 0])
    for t in [2, 1, 0] {
      h = tanh(0.5 * x[t] - 0.3 * h + 0.3)
      expected[t] = h
    }
    let found = try model.output(for: Tensor(x, shape: [1, 3, 1]))
    #expect(found.shape == [1, 3, 1, 1])
    #expect(zip(found.scalars, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func `suppression and what follows is left out, and said`() throws {
    let model = modelMessage(
      input: [1, 8, 5],
      weights: [tensor("most", integers: [3]), tensor("lines", integers: [4, 4]), tensor("column", integers: [2])],
      [
        node("Slice", ["x", "zero", "four", "two"], ["boxes"]), node("Slice", ["x", "four", "five", "two"], ["raw"]),
        node("Sigmoid", ["raw"], ["p"]), node("Transpose", ["p"], ["scores"], [attribute("perm", [0, 2, 1])]),
        node("NonMaxSuppression", ["boxes", "scores", "most"], ["kept"]),
        node("Gather", ["kept", "column"], ["index"], [attribute("axis", 1)]),
        node("Cast", ["index"], ["y"], [attribute("to", 1)]),
      ])
    var whole = model
    whole.graph.initializer += [
      tensor("zero", integers: [0]), tensor("four", integers: [4]), tensor("five", integers: [5]),
      tensor("two", integers: [2]),
    ]
    let read = try ONNXModel(decoding: whole.bytes)
    #expect("\(try #require(try whole.failure()))".contains("NonMaxSuppression"))
    let cut = try #require(read.cuttingPostProcessing())
    #expect(cut.model.outputs.map(\.name) == ["scores", "boxes"])
    #expect(cut.note.contains("NonMaxSuppression") && cut.note.contains("'scores'"))
    #expect(try Plan(cut.model.graph()).shape(of: "scores") == [1, 1, 8])
    // A network that ends before is as it was.
    var bare = whole
    bare.graph.output = [.with { $0.name = "scores" }]
    #expect(try ONNXModel(decoding: bare.bytes).cuttingPostProcessing() == nil)
  }

  @Test func `what is left by a threshold is cut off at the scores compared`() throws {
    let model = modelMessage(
      input: [1, 6], weights: [tensor("half", [], [0.5])],
      [
        node("Sigmoid", ["x"], ["p"]), node("Greater", ["p", "half"], ["is"]), node("NonZero", ["is"], ["where"]),
        node("Cast", ["where"], ["y"], [attribute("to", 1)]),
      ])
    let cut = try #require(try ONNXModel(decoding: model.bytes).cuttingPostProcessing())
    #expect(cut.model.outputs.map(\.name) == ["p"])
  }
}

import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Testing

@Suite struct OutputReadingTests {
  /// A network that pools its image, then goes on by `nodes`.
  private func readings(
    _ nodes: [Node], outputs: [String], classes: Int = 4, _ constants: [String: NDArray] = [:]
  ) throws -> [OutputReading] {
    let head: [String: NDArray] = [
      "w": NDArray([Float](repeating: 0.5, count: 3 * classes), shape: [3, classes]),
      "one": NDArray([1], shape: []), "third": NDArray([1 / 3], shape: []),
    ]
    let graph = Graph(
      inputs: [.init("image", shape: [1, 3, 4, 4])],
      nodes: [
        Node(GlobalAveragePool(), ["image"], to: "pooled"), Node(Reshape(to: [1, 3]), ["pooled"], to: "flat"),
        Node(Linear(), ["flat", "w"], to: "z"),
      ] + nodes, constants: head.merging(constants) { a, _ in a }, outputs: outputs)
    let plan = try Plan(graph)
    return outputs.map { OutputReading(of: $0, in: graph) { plan.shape(of: $0) ?? [] } }
  }

  private func reading(_ nodes: [Node], _ output: String, classes: Int = 4) throws -> OutputReading {
    try readings(nodes, outputs: [output], classes: classes)[0]
  }

  @Test func `a linear layer ends in logits`() throws {
    let found = try reading([], "z")
    #expect(found.logits == "z" && found.link == nil && found.ending == .linear && found.classCount == 4)
    #expect(found.summary == "4 numbers")
  }

  @Test func `a softmax behind reorderings is stepped over`() throws {
    let found = try reading(
      [Node(Softmax(axis: 1), ["z"], to: "p"), Node(Reshape(to: [1, 4, 1, 1]), ["p"], to: "y")], "y")
    #expect(found.logits == "z" && found.link == .softmax && found.steppedOver == ["Softmax"] && !found.isProbability)
    #expect(found.summary == "4 probabilities by a softmax")
  }

  @Test func `an ArgMax and a TopK are stepped over to what they rank`() throws {
    let best = try reading(
      [
        Node(Softmax(axis: 1), ["z"], to: "p"),
        Node(ArgExtremum(axis: 1, isLargest: true, keepsDimension: false, takesLast: false), ["p"], to: "y"),
      ], "y")
    #expect(best.logits == "z" && best.link == .softmax && best.steppedOver == ["ArgMax", "Softmax"])
    let ranked = try reading([Node(TopK(.values, count: 2, axis: 1, isLargest: true), ["z"], to: "y")], "y")
    #expect(ranked.logits == "z" && ranked.steppedOver == ["TopK"] && ranked.classCount == 4)
  }

  @Test func `the mean of several softmaxes is a probability without a logit`() throws {
    let found = try reading(
      [
        Node(Softmax(axis: 1), ["z"], to: "a"), Node(Linear(), ["flat", "w"], to: "z2"),
        Node(Softmax(axis: 1), ["z2"], to: "b"), Node(Arithmetic(.add), ["a", "b"], to: "s"),
        Node(Arithmetic(.multiply), ["s", "third"], to: "y"),
      ], "y")
    #expect(found.isProbability && found.logits == "y" && found.ending == .softmax)
  }

  @Test func `a complement beside its probability has the logits of both sides`() throws {
    let nodes = [
      Node(ElementwiseFunction(.sigmoid), ["z"], to: "p"), Node(Arithmetic(.subtract), ["one", "p"], to: "q"),
      Node(Concatenation(axis: 1), ["q", "p"], to: "y"),
    ]
    let found = try reading(nodes, "y", classes: 1)
    #expect(found.link == .sigmoid && !found.isProbability && found.shape == [1, 2] && found.addedNodes.count == 2)
    // The added nodes compute [−z, z].
    var graph = Graph(
      inputs: [.init("z", shape: [1, 1])], nodes: found.addedNodes, constants: [:], outputs: [found.logits])
    graph.outputs = [found.logits]
    #expect(try Plan(graph).outputs(for: [NDArray([3], shape: [1, 1])])[0].scalars == [-3, 3])
  }

  @Test func `classes beside boxes are read without them`() throws {
    let found = try reading(
      [
        Node(ElementwiseFunction(.tanh), ["z"], to: "boxes"), Node(Linear(), ["flat", "w"], to: "k"),
        Node(Softmax(axis: 1), ["k"], to: "classes"), Node(Concatenation(axis: 1), ["boxes", "classes"], to: "y"),
      ], "y")
    #expect(found.logits == "k" && found.link == .softmax && found.classCount == 4)
  }

  @Test func `of several outputs the softmax is taken, and the others are told`() throws {
    let all = try readings(
      [Node(Linear(), ["flat", "v"], to: "k"), Node(Softmax(axis: 1), ["k"], to: "y")], outputs: ["z", "pooled", "y"],
      ["v": NDArray([Float](repeating: 1, count: 6), shape: [3, 2])])
    guard case .taken(let taken, let reason, let others) = OutputChoice(among: all, labelCount: nil) else {
      Issue.record("nothing was taken")
      return
    }
    #expect(taken.output == "y" && reason.contains("softmax") && others.map(\.output) == ["z", "pooled"])
  }

  @Test func `names given by the user decide`() throws {
    let all = try readings(
      [Node(Linear(), ["flat", "v"], to: "k"), Node(Softmax(axis: 1), ["k"], to: "y")], outputs: ["z", "y"],
      ["v": NDArray([Float](repeating: 1, count: 6), shape: [3, 2])])
    guard case .taken(let taken, _, _) = OutputChoice(among: all, labelCount: 4) else {
      Issue.record("nothing was taken")
      return
    }
    #expect(taken.output == "z")
  }

  @Test func `two heads of one kind are asked for`() throws {
    let all = try readings(
      [
        Node(Linear(), ["flat", "v"], to: "age"), Node(Softmax(axis: 1), ["z"], to: "gender"),
        Node(Softmax(axis: 1), ["age"], to: "years"),
      ], outputs: ["gender", "years"],
      ["v": NDArray([Float](repeating: 1, count: 6), shape: [3, 2])])
    guard case .ambiguous(let candidates) = OutputChoice(among: all, labelCount: nil) else {
      Issue.record("one was guessed")
      return
    }
    #expect(candidates.map(\.output) == ["gender", "years"])
  }

  @Test func `features and boxes are no answers where logits stand beside them`() throws {
    let all = try readings([Node(Linear(), ["flat", "w"], to: "logits")], outputs: ["pooled", "z", "logits"])
    // Two linear layers of four numbers: the name tells.
    guard case .taken(let taken, let reason, _) = OutputChoice(among: all, labelCount: nil) else {
      Issue.record("nothing was taken")
      return
    }
    #expect(taken.output == "logits" && reason.contains("name"))
  }
}

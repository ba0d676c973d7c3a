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
    return outputs.map { OutputReading(of: $0, in: graph, planned: plan) }
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

  @Test func `where the smallest score is the answer, scores are turned, and probabilities are not`() throws {
    let nearest = ArgExtremum(axis: 1, isLargest: false, keepsDimension: false, takesLast: false)
    let distances = try reading([Node(nearest, ["z"], to: "y")], "y")
    #expect(distances.smallestWins && distances.logits == "−z" && distances.classCount == 4)
    #expect(distances.addedNodes.map(\.output) == ["−z"])
    let least = try reading([Node(Softmax(axis: 1), ["z"], to: "p"), Node(nearest, ["p"], to: "y")], "y")
    #expect(least.smallestWins && least.logits == "z" && least.addedNodes.isEmpty)
    let last = try reading([Node(TopK(.places, count: 2, axis: 1, isLargest: false), ["z"], to: "y")], "y")
    #expect(last.smallestWins && last.logits == "−z")
  }

  @Test func `a softmax over a single number is no answer`() throws {
    for (shape, axis) in [([1, 4, 1, 1], 2), ([4, 1], 1), ([1, 4], 0)] {
      let found = try reading(
        [Node(Reshape(to: shape), ["z"], to: "r"), Node(Softmax(axis: axis), ["r"], to: "y")], "y")
      #expect(found.isConstant && found.link == nil && found.logits == "y", "\(shape)")
    }
    #expect(try !reading([Node(Softmax(axis: 1), ["z"], to: "y")], "y").isConstant)
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

  /// Runs a graph that a reading explains on some logits, to see what is explained of them.
  private func explained(_ found: OutputReading, by nodes: [Node], _ constants: [String: NDArray], _ z: NDArray) throws
    -> [Float]
  {
    let graph = Graph(
      inputs: [.init("z", shape: z.shape)], nodes: nodes + found.addedNodes, constants: constants,
      outputs: [found.logits])
    return try Plan(graph).outputs(for: [z])[0].scalars
  }

  @Test func `one minus a sigmoid has the logit turned around`() throws {
    let found = try reading(
      [Node(ElementwiseFunction(.sigmoid), ["z"], to: "p"), Node(Arithmetic(.subtract), ["one", "p"], to: "y")], "y",
      classes: 1)
    #expect(found.link == .sigmoid && !found.isProbability && found.shape == [1, 1])
    #expect(try explained(found, by: [], [:], NDArray([3], shape: [1, 1])) == [-3])
  }

  @Test func `a sigmoid and a softmax that are spelled out are known as such`() throws {
    let turned = try reading(
      [
        Node(ElementwiseFunction(.neg), ["z"], to: "n"), Node(ElementwiseFunction(.exp), ["n"], to: "e"),
        Node(Arithmetic(.add), ["e", "one"], to: "s"), Node(Arithmetic(.divide), ["one", "s"], to: "y"),
      ], "y", classes: 1)
    #expect(turned.logits == "z" && turned.link == .sigmoid)
    let reciprocal = try reading(
      [
        Node(ElementwiseFunction(.exp), ["z"], to: "e"), Node(Arithmetic(.add), ["one", "e"], to: "s"),
        Node(ElementwiseFunction(.reciprocal), ["s"], to: "y"),
      ], "y", classes: 1)
    #expect(reciprocal.link == .sigmoid && reciprocal.addedNodes.count == 1)
    let exponents = [
      Node(Reduction(.max, axes: [1], keepsDimensions: true), ["z"], to: "m"),
      Node(Arithmetic(.subtract), ["z", "m"], to: "d"), Node(ElementwiseFunction(.exp), ["d"], to: "e"),
      Node(Reduction(.sum, axes: [1], keepsDimensions: true), ["e"], to: "s"),
      Node(Arithmetic(.divide), ["e", "s"], to: "y"),
    ]
    let softmax = try reading(exponents, "y")
    #expect(softmax.logits == "z" && softmax.link == .softmax && softmax.steppedOver == ["Softmax"])
    let log = try reading(exponents + [Node(ElementwiseFunction(.log), ["y"], to: "l")], "l")
    #expect(log.logits == "z" && log.link == .softmax && log.steppedOver == ["Log", "Softmax"])
  }

  @Test func `parts, means over places and products of probabilities are probabilities without a logit`() throws {
    let two = [Node(Softmax(axis: 1), ["z"], to: "a"), Node(ElementwiseFunction(.sigmoid), ["z"], to: "b")]
    for (nodes, ending) in [
      ([Node(Slice(starts: [0, 1], ends: [1, 2], steps: [1, 1]), ["a"], to: "y")], .softmax),
      ([Node(Arithmetic(.multiply), ["a", "b"], to: "y")], .sigmoid),
      ([Node(ElementwiseFunction(.clip(1e-7, 1)), ["a"], to: "y")], .softmax),
      (
        [
          Node(Concatenation(axis: 0), ["a", "b"], to: "ab"),
          Node(Reduction(.mean, axes: [0], keepsDimensions: true), ["ab"], to: "y"),
        ], .sigmoid
      ),
    ] as [([Node], OutputReading.Ending)] {
      let found = try reading(two + nodes, "y")
      #expect(found.isProbability && found.logits == "y" && found.ending == ending && found.addedNodes.isEmpty)
    }
  }

  @Test func `sums of probabilities and per cent are brought between 0 and 1`() throws {
    let sum = [Node(Softmax(axis: 1), ["z"], to: "a"), Node(Softmax(axis: 1), ["z"], to: "b")]
    let nodes = sum + [Node(Arithmetic(.add), ["a", "b"], to: "y")]
    let found = try reading(nodes, "y")
    #expect(found.isProbability && found.logits != "y" && found.shape == [1, 4])
    let z = NDArray([1, 2, 3, 4], shape: [1, 4])
    let explained = try explained(found, by: nodes, [:], z)
    #expect(abs(explained.reduce(0, +) - 1) < 1e-5 && explained[3] > 0.6)
    let percent = try readings(
      [sum[0], Node(Arithmetic(.multiply), ["a", "hundred"], to: "y")], outputs: ["y"],
      ["hundred": NDArray([100], shape: [])])[0]
    #expect(percent.isProbability && percent.addedNodes.count == 1)
    // p − q may be negative, and is no probability.
    let difference = try reading(sum + [Node(Arithmetic(.subtract), ["a", "b"], to: "y")], "y")
    #expect(!difference.isProbability && difference.obstacle == .difference)
  }

  @Test func `of several heads in one output, some of them probabilities, none is guessed`() throws {
    let found = try readings(
      [
        Node(Linear(), ["flat", "v"], to: "k"), Node(Softmax(axis: 1), ["k"], to: "gender"),
        Node(Softmax(axis: 1), ["z"], to: "race"), Node(Linear(), ["flat", "u"], to: "age"),
        Node(Concatenation(axis: 1), ["age", "gender", "race"], to: "y"),
      ], outputs: ["y"],
      [
        "v": NDArray([Float](repeating: 1, count: 6), shape: [3, 2]),
        "u": NDArray([Float](repeating: 1, count: 3), shape: [3, 1]),
      ])[0]
    #expect(found.obstacle == .mixedHeads(["age", "gender", "race"]) && found.link == nil && !found.isProbability)
    // All of them probabilities: they are shown as they are.
    let joined = try readings(
      [
        Node(Linear(), ["flat", "v"], to: "k"), Node(Softmax(axis: 1), ["k"], to: "gender"),
        Node(ElementwiseFunction(.sigmoid), ["z"], to: "tags"),
        Node(Concatenation(axis: 1), ["gender", "tags"], to: "y"),
      ], outputs: ["y"], ["v": NDArray([Float](repeating: 1, count: 6), shape: [3, 2])])[0]
    #expect(joined.isProbability && joined.obstacle == nil && joined.classCount == 6)
    #expect(joined.heads.map(\.value) == ["gender", "tags"] && joined.heads.map(\.numbers) == [0..<2, 2..<6])
  }

  @Test func `an output passed over for its name is told, where the name alone decides`() throws {
    let v = ["v": NDArray([Float](repeating: 1, count: 6), shape: [3, 2])]
    // Misnamed: the softmax is called features.
    let all = try readings(
      [Node(Linear(), ["flat", "v"], to: "k"), Node(Softmax(axis: 1), ["k"], to: "features")],
      outputs: ["features", "z"], v)
    guard case .taken(let taken, let reason, _) = OutputChoice(among: all, labelCount: nil) else {
      Issue.record("nothing was taken")
      return
    }
    #expect(taken.output == "z" && reason.contains("'features' is passed over for its name"))
    // Names of classes go before names of outputs.
    guard case .taken(let named, _, _) = OutputChoice(among: all, labelCount: 2) else {
      Issue.record("nothing was taken")
      return
    }
    #expect(named.output == "features")
    // A vector goes before maps, whatever both are called.
    let pooled = try readings(
      [
        Node(ElementwiseFunction(.relu), ["image"], to: "maps"),
        Node(Reshape(to: [1, 3, 1, 1]), ["flat"], to: "pooler"),
      ], outputs: ["maps", "pooler"])
    guard case .taken(let vector, _, _) = OutputChoice(among: pooled, labelCount: nil) else {
      Issue.record("nothing was taken")
      return
    }
    #expect(vector.output == "pooler")
  }
}

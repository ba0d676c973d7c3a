import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Testing

/// Ends whose numbers tell by their bounds, signs and weights what they can be.
@Suite struct OutputBoundsTests {
  private let z: [Float] = [0.3, -1.2, 2.1, 0.4]

  /// `p` and `q`, softmaxes of two heads, and `g`, a softmax of two numbers.
  private static let experts = [
    Node(Softmax(axis: 1), ["z"], to: "p"), Node(.neg, "z", to: "n"), Node(Softmax(axis: 1), ["n"], to: "q"),
    Node(Slice(starts: [0, 0], ends: [1, 2], steps: [1, 1]), ["z"], to: "two"),
    Node(Softmax(axis: 1), ["two"], to: "g"),
  ]
  private static let mixed = [
    Node(.multiply, "g0", "p", to: "gp"), Node(.multiply, "q", "g1", to: "gq"), Node(.add, "gp", "gq", to: "y"),
  ]

  @Test(arguments: [
    experts + [
      Node(Slice(starts: [0, 0], ends: [1, 1], steps: [1, 1]), ["g"], to: "g0"),
      Node(Slice(starts: [0, 1], ends: [1, 2], steps: [1, 1]), ["g"], to: "g1"),
    ] + mixed,
    experts + [
      Node(Gather(indices: [0], indicesShape: [], axis: 1), ["g"], to: "a"),
      Node(Reshape(to: [1, 1]), ["a"], to: "g0"),
      Node(Gather(indices: [1], indicesShape: [], axis: 1), ["g"], to: "b"),
      Node(Reshape(to: [1, 1]), ["b"], to: "g1"),
    ] + mixed,
    // A gate of one number, and what it lacks to one.
    experts + [
      Node(Slice(starts: [0, 0], ends: [1, 1], steps: [1, 1]), ["z"], to: "one"), Node(.sigmoid, "one", to: "g0"),
      Node(.subtract, "1", "g0", to: "g1"),
    ] + mixed,
    // The experts stacked, and the gate as a row before them.
    experts + [
      Node(Concatenation(axis: 0), ["p", "q"], to: "both"), Node(MatrixProduct(), ["g", "both"], to: "y"),
    ],
  ])
  func `probabilities weighted by the shares of a gate are shown as the file has them`(nodes: [Node]) throws {
    let end = try OutputEnd(nodes)
    #expect(end.reading.isProbability && end.reading.addedNodes.isEmpty && end.reading.obstacle == nil)
    let values = try end.values(at: z)
    #expect(values.output == values.explained && abs(values.output.reduce(0, +) - 1) < 1e-5)
  }

  @Test func `a sum whose weights are not shares of one whole is scaled`() throws {
    let twice = try OutputEnd(
      Self.experts + [Node(Slice(starts: [0, 0], ends: [1, 1], steps: [1, 1]), ["g"], to: "g0")]
        + [Node(Identity(), ["g0"], to: "g1")] + Self.mixed)
    #expect(twice.reading.isProbability && !twice.reading.addedNodes.isEmpty)
  }

  @Test(arguments: [
    [Node(Softmax(axis: 1), ["z"], to: "p"), Node(.subtract, "1", "p", to: "y")],
    [Node(Softmax(axis: 1), ["z"], to: "p"), Node(.linear(-1, 1), "p", to: "y")],
  ])
  func `what a softmax lacks to one has its logits, and its smallest is the answer`(nodes: [Node]) throws {
    let reading = try OutputEnd(nodes).reading
    #expect(reading.logits == "z" && reading.link == .softmax && reading.isComplement && !reading.isProbability)
    let least = try OutputEnd(
      nodes.map { Node($0.op, $0.inputs, to: $0.output == "y" ? "x" : $0.output) }
        + [Node(ArgExtremum(axis: 1, isLargest: false, keepsDimension: false, takesLast: false), ["x"], to: "y")]
    ).reading
    #expect(least.logits == "z" && !least.smallestWins)
  }

  @Test(arguments: [Float(1.442695), 0.4342945, -1.442695])
  func `logarithms to another base have the logits of their softmax`(factor: Float) throws {
    let logarithm = [Node(Softmax(axis: 1), ["z"], to: "p"), Node(.log, "p", to: "l")]
    for last in [Node(.linear(factor, 0), "l", to: "y"), Node(.multiply, "l", "base", to: "y")] {
      let reading = try OutputEnd(logarithm + [last], ["base": .number(factor)]).reading
      #expect(reading.logits == "z" && reading.link == .softmax && reading.isNegativeLogarithm == (factor < 0))
    }
    let whole = try OutputEnd([Node(LogSoftmax(axis: 1), ["z"], to: "l"), Node(.linear(factor, 0), "l", to: "y")])
      .reading
    #expect(whole.logits == "z" && whole.link == .softmax)
  }

  @Test(.timeLimit(.minutes(1))) func `sums that share their parts are looked at once`() throws {
    for first in [[], [Node(Softmax(axis: 1), ["z"], to: "s0")]] {
      let sums = (0..<60).map { index in
        let source = index == 0 && first.isEmpty ? "z" : "s\(index)"
        return Node(Arithmetic(.add), [source, source], to: index == 59 ? "y" : "s\(index + 1)")
      }
      #expect(try OutputEnd(first + sums).reading.steppedOver.isEmpty)
    }
  }

  @Test func `the greatest of a softmax is stepped over, over classes only`() throws {
    for axes in [[1], [0, 1]] {
      let reading = try OutputEnd([Node(Softmax(axis: 1), ["z"], to: "p"), Node(.max, of: "p", axes: axes, to: "y")])
        .reading
      #expect(reading.logits == "z" && reading.link == .softmax && reading.isGreatest && reading.classCount == 4)
    }
    let several = try OutputEnd([Node(.sigmoid, "z", to: "p"), Node(.max, of: "p", to: "y")]).reading
    #expect(!several.isGreatest)
  }

  @Test(arguments: [
    [Node(.relu, "z", to: "y")], [Node(.exp, "z", to: "y")],
    [Node(.softplus, "z", to: "a"), Node(.linear(3, 0), "a", to: "y")],
    [Node(.abs, "z", to: "y")], [Node(.multiply, "z", "z", to: "y")],
    [
      Node(.exp, "z", to: "e"), Node(.add, "e", "1", to: "s"), Node(.log, "s", to: "l"), Node(.relu, "l", to: "y"),
    ],
  ])
  func `a single number that is never negative is no logit`(nodes: [Node]) throws {
    let end = try OutputEnd(nodes, classes: 1)
    #expect(end.reading.obstacle == .neverNegative && end.reading.link == nil)
    #expect(try end.values(at: [-0.7]).output[0] >= 0)
    // Several may be the scores of classes.
    #expect(try OutputEnd(nodes).reading.obstacle == nil)
  }

  @Test func `the entropy of a softmax is no logit`() throws {
    let entropy = [
      Node(Softmax(axis: 1), ["z"], to: "p"), Node(.log, "p", to: "l"), Node(.multiply, "p", "l", to: "t"),
      Node(.sum, of: "t", to: "s"), Node(.neg, "s", to: "y"),
    ]
    #expect(try OutputEnd(entropy).reading.obstacle == .neverNegative)
    #expect(try OutputEnd([Node(.tanh, "z", to: "y")], classes: 1).reading.obstacle == nil)
  }

  @Test(arguments: [
    [Node(.erf, "z", to: "e"), Node(.linear(0.5, 0.5), "e", to: "y")],
    [Node(.softsign, "z", to: "e"), Node(.add, "e", "1", to: "s"), Node(.multiply, "s", "0.5", to: "y")],
    [
      Node(.abs, "z", to: "a"), Node(.add, "a", "1", to: "b"), Node(.divide, "z", "b", to: "e"),
      Node(.linear(0.5, 0.5), "e", to: "y"),
    ],
    [
      Node(.exp, "z", to: "e"), Node(.neg, "e", to: "n"), Node(.exp, "n", to: "f"), Node(.subtract, "1", "f", to: "y"),
    ],
    [Node(.clip(0, 1), "z", to: "y")],
  ])
  func `what lies between 0 and 1 by its operators is a probability`(nodes: [Node]) throws {
    let end = try OutputEnd(nodes, classes: 1)
    #expect(end.reading.isProbability && end.reading.isProbabilityByBounds && end.reading.obstacle == nil)
    for x in [Float(-3), 0.2, 4] { #expect(try (0...1).contains(end.values(at: [x]).output[0])) }
  }

  @Test func `a softmax of a softmax is told, and heads side by side are named`() throws {
    let twice = try OutputEnd([Node(Softmax(axis: 1), ["z"], to: "p"), Node(Softmax(axis: 1), ["p"], to: "y")]).reading
    #expect(twice.isSquashedTwice && twice.logits == "p")
    #expect(try !OutputEnd([Node(Softmax(axis: 1), ["z"], to: "y")]).reading.isSquashedTwice)
    let weights = NDArray((0..<8).map { Float($0) / 8 }, shape: [4, 2])
    let heads = try OutputEnd(
      [
        Node(Linear(), ["z", "w"], to: "a"), Node(Linear(), ["z", "w"], to: "b"),
        Node(Concatenation(axis: 1), ["a", "b"], to: "y"),
      ], ["w": weights]
    ).reading
    #expect(heads.heads.map(\.value) == ["a", "b"] && heads.heads.map(\.numbers) == [0..<2, 2..<4])
  }
}

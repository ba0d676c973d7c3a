import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Testing

/// Softmaxes, sigmoids and norms that exporters and people spell out.
@Suite struct SpelledProbabilityTests {
  private let z: [Float] = [0.3, -1.2, 2.1, 0.4]

  private func softmax(_ z: [Float]) -> [Float] {
    let powers = z.map { Float(exp(Double($0))) }
    return powers.map { $0 / powers.reduce(0, +) }
  }

  private func exp(_ x: Double) -> Double {
    // The series will do for a few small numbers.
    (1...40).reduce((sum: 1.0, term: 1.0)) { ($0.sum + $0.term * x / Double($1), $0.term * x / Double($1)) }.sum
  }

  private static let exponentials = [
    Node(.max, of: "z", to: "m"), Node(.subtract, "z", "m", to: "d"), Node(.exp, "d", to: "e"),
    Node(.sum, of: "e", to: "s"),
  ]

  @Test(arguments: [
    // Two exponentials of the same, as people write it without a name for the first.
    [
      Node(.exp, "z", to: "e"), Node(.exp, "z", to: "f"), Node(.sum, of: "f", to: "s"),
      Node(.divide, "e", "s", to: "y"),
    ],
    exponentials + [Node(.add, "s", "tiny", to: "t"), Node(.divide, "e", "t", to: "y")],
    exponentials + [Node(.reciprocal, "s", to: "r"), Node(.multiply, "r", "e", to: "y")],
    exponentials + [Node(.log, "s", to: "l"), Node(.subtract, "d", "l", to: "k"), Node(.exp, "k", to: "y")],
    [
      Node(.logarithmOfSumOfExponentials, of: "z", to: "l"), Node(.subtract, "z", "l", to: "k"),
      Node(.exp, "k", to: "y"),
    ],
    exponentials + [
      Node(.log, "s", to: "l"), Node(.add, "l", "m", to: "n"), Node(.subtract, "z", "n", to: "k"),
      Node(.exp, "k", to: "y"),
    ],
    [Node(LogSoftmax(axis: 1), ["z"], to: "k"), Node(.exp, "k", to: "y")],
  ])
  func `a softmax in any spelling has its logits`(nodes: [Node]) throws {
    let end = try OutputEnd(nodes)
    #expect(end.reading.logits == "z" && end.reading.link == .softmax && !end.reading.isProbability)
    #expect(end.reading.ending == .softmax && end.reading.obstacle == nil)
    #expect(zip(try end.values(at: z).output, softmax(z)).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test(arguments: [
    [Node(.logarithmOfSumOfExponentials, of: "z", to: "l"), Node(.subtract, "z", "l", to: "y")],
    [Node(Softmax(axis: 1), ["z"], to: "p"), Node(.add, "p", "tiny", to: "q"), Node(.log, "q", to: "y")],
    [Node(Softmax(axis: 1), ["z"], to: "p"), Node(.clip(1e-7, 1), "p", to: "q"), Node(.log, "q", to: "y")],
  ])
  func `logarithms of a softmax have its logits`(nodes: [Node]) throws {
    let reading = try OutputEnd(nodes).reading
    #expect(reading.logits == "z" && reading.link == .softmax && !reading.isNegativeLogarithm)
    // Negative ones, as losses are, are least for the answer.
    let turned = try OutputEnd(
      nodes.map { Node("", $0.op, $0.inputs, to: $0.output == "y" ? "x" : $0.output) } + [Node(.neg, "x", to: "y")]
    ).reading
    #expect(turned.logits == "z" && turned.link == .softmax && turned.isNegativeLogarithm && !turned.smallestWins)
  }

  @Test(
    arguments: [
      (
        [
          Node(.neg, "z", to: "n"), Node(.exp, "n", to: "e"), Node(.add, "e", "1", to: "s"),
          Node(.reciprocal, "s", to: "y"),
        ], 1
      ),
      ([Node(.exp, "z", to: "e"), Node(.add, "e", "1", to: "s"), Node(.divide, "e", "s", to: "y")], 1),
      (
        [
          Node(.multiply, "z", "0.5", to: "h"), Node(.tanh, "h", to: "t"), Node(.add, "t", "1", to: "u"),
          Node(.multiply, "u", "0.5", to: "y"),
        ], 1
      ),
      ([Node(.tanh, "z", to: "t"), Node(.add, "t", "1", to: "u"), Node(.divide, "u", "2", to: "y")], 2),
      ([Node(.sigmoid, "z", to: "p"), Node(.linear(-1, 1), "p", to: "y")], -1),
    ] as [([Node], Float)])
  func `a sigmoid in any spelling has its logit`(nodes: [Node], factor: Float) throws {
    let end = try OutputEnd(nodes, classes: 1)
    #expect(end.reading.link == .sigmoid && !end.reading.isProbability && end.reading.ending == .sigmoid)
    let values = try end.values(at: [0.7])
    #expect(abs(values.explained[0] - factor * 0.7) < 1e-6)
    // Its sigmoid is what the file puts out.
    #expect(abs(values.output[0] - Float(1 / (1 + exp(Double(-factor) * 0.7)))) < 1e-6)
  }

  @Test(arguments: [
    [
      Node(.relu, "z", to: "r"), Node(.add, "r", "1", to: "a"), Node(.sum, of: "a", to: "s"),
      Node(.divide, "a", "s", to: "y"),
    ],
    [
      Node(.softplus, "z", to: "a"), Node(.sum, of: "a", to: "s"), Node(.add, "s", "tiny", to: "t"),
      Node(.divide, "a", "t", to: "y"),
    ],
    [Node(.hardSigmoid(alpha: 0.2, beta: 0.5), "z", to: "y")],
    [
      Node(Softmax(axis: 1), ["z"], to: "p"), Node(Comparison(.greater), ["p", "0.2"], to: "c"),
      Node(Selection(), ["c", "p", "0"], to: "y"),
    ],
    [Node(Softmax(axis: 1), ["z"], to: "p"), Node(.thresholdedReLU(0.2), "p", to: "y")],
    // p · (p > 0.2)
    [
      Node(Softmax(axis: 1), ["z"], to: "p"), Node(Comparison(.greater), ["p", "0.2"], to: "c"),
      Node(Identity(), ["c"], to: "mask"), Node(.multiply, "p", "mask", to: "y"),
    ],
    // What is none or infinite is given a number.
    [
      Node(Softmax(axis: 1), ["z"], to: "p"), Node(Comparison(.notEqual), ["p", "p"], to: "n"),
      Node(Selection(), ["n", "0", "p"], to: "q"), Node(Comparison(.equal), ["q", "infinity"], to: "i"),
      Node(Selection(), ["i", "lowest", "q"], to: "y"),
    ],
    // Divided by the ℓ₁ norm, kept from zero.
    [
      Node(.relu, "z", to: "a"), Node(Reduction(.l1, axes: [1], keepsDimensions: true), ["a"], to: "n"),
      Node(.clip(1e-12, .infinity), "n", to: "s"), Node(.divide, "a", "s", to: "y"),
    ],
    [
      Node(.elu(1), "z", to: "e"), Node(.add, "e", "1", to: "a"), Node(.sum, of: "a", to: "s"),
      Node(.divide, "a", "s", to: "y"),
    ],
    [
      Node(Softmax(axis: 1), ["z"], to: "p"), Node(.sigmoid, "z", to: "q"), Node(.multiply, "p", "q", to: "x"),
      Node(.sqrt, "x", to: "y"),
    ],
  ])
  func `other probabilities made by hand are shown as they are`(nodes: [Node]) throws {
    let end = try OutputEnd(nodes)
    #expect(end.reading.isProbability && end.reading.logits == "y" && end.reading.obstacle == nil)
    #expect(try end.values(at: z).output.allSatisfy { (0...1).contains($0) })
  }

  @Test func `shares of numbers that may be negative are no probabilities`() throws {
    let reading = try OutputEnd([Node(.sum, of: "z", to: "s"), Node(.divide, "z", "s", to: "y")]).reading
    #expect(!reading.isProbability && reading.link == nil)
  }

  @Test(arguments: [
    [Node(.l2, of: "z", to: "n"), Node(.divide, "z", "n", to: "y")],
    [Node(.l2, of: "z", to: "n"), Node(.clip(1e-12, .infinity), "n", to: "c"), Node(.divide, "z", "c", to: "y")],
    [
      Node(.multiply, "z", "z", to: "q"), Node(.sum, of: "q", to: "s"), Node(.sqrt, "s", to: "n"),
      Node(Expand(to: [1, 4]), ["n"], to: "w"), Node(.divide, "z", "w", to: "y"),
    ],
    [
      Node(.pow(2), "z", to: "q"), Node(.sum, of: "q", to: "s"), Node(.add, "s", "tiny", to: "t"),
      Node(.pow(-0.5), "t", to: "n"), Node(.multiply, "z", "n", to: "y"),
    ],
    [
      Node(.l2, of: "z", to: "n"), Node(Comparison(.equal), ["n", "0"], to: "c"),
      Node(Selection(), ["c", "1", "n"], to: "d"), Node(.divide, "z", "d", to: "y"),
    ],
  ])
  func `what is divided by its length is known as an embedding`(nodes: [Node]) throws {
    let end = try OutputEnd(nodes)
    #expect(end.reading.hasUnitLength && end.reading.link == nil && end.reading.logits == "y")
    let output = try end.values(at: z).output
    #expect(abs(output.map { $0 * $0 }.reduce(0, +) - 1) < 1e-5)
    #expect(try !OutputEnd([Node(.l1, of: "z", to: "n"), Node(.divide, "z", "n", to: "y")]).reading.hasUnitLength)
  }
}

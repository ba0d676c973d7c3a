import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Testing

/// Outputs that rank, compare or round scores, and what is made of that afterwards.
@Suite struct WholeNumberTests {
  private let best = Node(
    ArgExtremum(axis: 1, isLargest: true, keepsDimension: false, takesLast: false), ["z"], to: "a")
  private let sigmoid = Node(.sigmoid, "z", to: "p")

  @Test(arguments: [.round, .floor, .ceil, .truncate] as [UnaryFunction])
  func `a rounding behind scores is stepped over`(rounding: UnaryFunction) throws {
    let probabilities = try OutputEnd([Node(Softmax(axis: 1), ["z"], to: "p"), Node(rounding, "p", to: "y")]).reading
    #expect(probabilities.logits == "z" && probabilities.link == .softmax && probabilities.rank == "a rounding")
    let scores = try OutputEnd([Node(.multiply, "z", "2", to: "x"), Node(rounding, "x", to: "y")]).reading
    #expect(scores.logits == "x" && !scores.lacksDerivative)
  }

  @Test func `what is made of a ranking is stepped over, and told`() throws {
    let column = Node(Reshape(to: [1, 1]), ["a"], to: "column")
    let marks = Node(Comparison(.equal), ["column", "places"], to: "marks")
    let places = ["places": NDArray([0, 1, 2, 3], shape: [4]), "table": NDArray([3, 1, 0, 2], shape: [4])]
    let oneHot = try OutputEnd([best, column, marks, Node(Selection(), ["marks", "1", "0"], to: "y")], places).reading
    #expect(oneHot.logits == "z" && oneHot.rank == "ArgMax" && oneHot.renamesClasses && oneHot.decision == nil)
    let table = try OutputEnd(
      [best, column, marks, Node(.multiply, "marks", "table", to: "x"), Node(.sum, of: "x", to: "y")], places)
    #expect(table.reading.logits == "z" && table.reading.renamesClasses)
    let shifted = try OutputEnd([best, Node(.add, "a", "1", to: "y")]).reading
    #expect(shifted.logits == "z" && shifted.renamesClasses)
    let plain = try OutputEnd([best, Node(Reshape(to: [1, 1]), ["a"], to: "y")]).reading
    #expect(plain.logits == "z" && !plain.renamesClasses)
  }

  @Test func `a threshold and its direction are told`() throws {
    let high = try OutputEnd([sigmoid, Node(Comparison(.greater), ["p", "0.9"], to: "y")], classes: 1).reading
    #expect(high.decision == .init(bounds: 0.9...0.9, isAbove: true, isOfProbability: true))
    #expect(high.logits == "z" && high.link == .sigmoid && high.rank == "a comparison")
    let score = try OutputEnd([Node(Comparison(.greaterOrEqual), ["z", "2"], to: "y")], classes: 1).reading
    #expect(score.decision == .init(bounds: 2...2, isAbove: true, isOfProbability: false) && score.link == nil)
    let each = try OutputEnd(
      [sigmoid, Node(Comparison(.greater), ["p", "bounds"], to: "y")],
      ["bounds": NDArray([0.1, 0.2, 0.3, 0.4], shape: [4])]
    ).reading
    #expect(each.decision?.bounds == 0.1...0.4 && each.decision?.isAbove == true)
  }

  @Test(arguments: [
    [Node(Comparison(.less), ["p", "0.5"], to: "y")], [Node(Comparison(.greater), ["0.5", "p"], to: "y")],
    [Node(Comparison(.greater), ["p", "0.5"], to: "c"), Node(Comparison(.equal), ["c", "0"], to: "y")],
    [Node(Comparison(.greater), ["p", "0.5"], to: "c"), Node(.subtract, "1", "c", to: "y")],
    [Node(Comparison(.greater), ["p", "0.5"], to: "c"), Node(Selection(), ["c", "0", "1"], to: "y")],
    [
      Node(Comparison(.less), ["p", "0.5"], to: "c"), Node(Comparison(.equal), ["c", "0"], to: "n"),
      Node(Comparison(.equal), ["n", "0"], to: "y"),
    ],
  ])
  func `less than, and not more than, turn the scores around`(nodes: [Node]) throws {
    for classes in [1, 4] {
      let end = try OutputEnd([sigmoid] + nodes, classes: classes)
      #expect(end.reading.decision?.isAbove == false && end.reading.decision?.isScoreTurned == true)
      #expect(end.reading.link == .sigmoid && end.reading.classCount == classes)
      let z = (0..<classes).map { Float($0) - 1.5 }
      let values = try end.values(at: z)
      // The score explained is positive where the output says yes.
      #expect(values.explained == z.map { -$0 })
      #expect(zip(values.output, values.explained).allSatisfy { ($0 != 0) == ($1 > 0) })
    }
  }

  @Test func `two bounds have no direction`() throws {
    let reading = try OutputEnd(
      [
        sigmoid, Node(Comparison(.greater), ["p", "0.2"], to: "c"), Node(Comparison(.less), ["p", "0.9"], to: "d"),
        Node(.multiply, "c", "d", to: "y"),
      ], classes: 1
    ).reading
    #expect(reading.decision == .init(bounds: 0.2...0.9, isAbove: nil, isOfProbability: true) && reading.logits == "z")
  }

  @Test func `a contrary of a contrary keeps the scores`() throws {
    let end = try OutputEnd(
      [
        sigmoid, Node(Comparison(.less), ["p", "0.5"], to: "c"), Node(Comparison(.equal), ["c", "0"], to: "y"),
      ], classes: 1)
    #expect(end.reading.decision?.isAbove == true && end.reading.logits == "z")
  }

  @Test func `probabilities without a logit are turned to their complement`() throws {
    let mean = [
      sigmoid, Node(.sigmoid, "2z", to: "q"), Node(.add, "p", "q", to: "s"), Node(.multiply, "s", "0.5", to: "r"),
    ]
    let end = try OutputEnd(
      [Node(.multiply, "z", "2", to: "2z")] + mean + [Node(Comparison(.less), ["r", "0.5"], to: "y")], classes: 1)
    #expect(end.reading.isProbability && end.reading.decision?.isScoreTurned == true)
    let values = try end.values(at: [1])
    #expect(values.output == [0] && (0..<0.5).contains(values.explained[0]))
  }

  @Test func `a sum of comparisons counts the scores that they compare`() throws {
    let reading = try OutputEnd(
      [sigmoid, Node(Comparison(.greater), ["p", "0.5"], to: "c"), Node(.sum, of: "c", to: "y")]
    ).reading
    #expect(reading.logits == "z" && reading.link == .sigmoid && reading.rank == "a comparison")
  }

  @Test func `what no way can be differentiated by is told`() throws {
    // Rounded before the last layer: nothing to step over.
    let within = try OutputEnd(
      [Node(.round, "z", to: "r"), Node(Linear(), ["r", "w"], to: "y")],
      ["w": NDArray([Float](repeating: 1, count: 8), shape: [4, 2])]
    ).reading
    #expect(within.lacksDerivative && within.logits == "y" && within.ending == .linear)
    let beside = try OutputEnd([Node(.round, "z", to: "r"), Node(.add, "r", "z", to: "y")]).reading
    #expect(!beside.lacksDerivative)
    // Two scores that are not one.
    let two = try OutputEnd(
      [
        Node(.neg, "z", to: "n"), Node(Hardmax(axis: 1), ["z"], to: "a"), Node(Hardmax(axis: 1), ["n"], to: "b"),
        Node(.add, "a", "b", to: "y"),
      ]
    ).reading
    #expect(two.lacksDerivative && two.logits == "y")
  }

  @Test func `a number that a sigmoid is scaled to is asked for, and per cent are not`() throws {
    let angle = try OutputEnd([sigmoid, Node(.multiply, "p", "360", to: "y")], classes: 1).reading
    #expect(angle.obstacle == .scaled(0...360) && angle.isProbability)
    let age = try OutputEnd([sigmoid, Node(.multiply, "100", "p", to: "y")], classes: 1).reading
    #expect(age.obstacle == .scaled(0...100))
    let stars = try OutputEnd([sigmoid, Node(.linear(4, 1), "p", to: "y")]).reading
    #expect(stars.obstacle == .scaled(1...5))
    let percent = try OutputEnd([sigmoid, Node(.multiply, "p", "100", to: "y")]).reading
    #expect(percent.obstacle == nil && percent.isProbability)
    // What is said to be a probability is brought between 0 and 1 by both bounds.
    let end = try OutputEnd([sigmoid, Node(.multiply, "p", "4", to: "x"), Node(.add, "x", "1", to: "y")], classes: 1)
    let values = try end.values(at: [0])
    #expect(values.output == [3] && abs(values.explained[0] - 0.5) < 1e-6)
  }

  @Test func `an expected value is no probability`() throws {
    let ages = ["ages": NDArray([0, 10, 20, 30], shape: [4]), "shares": NDArray([0.1, 0.2, 0.3, 0.4], shape: [4])]
    let softmax = Node(Softmax(axis: 1), ["z"], to: "p")
    let sum = Node(.sum, of: "x", to: "y")
    #expect(
      try OutputEnd([softmax, Node(.multiply, "p", "ages", to: "x"), sum], ages).reading.obstacle == .expectation)
    #expect(try OutputEnd([softmax, Node(.multiply, "p", "shares", to: "x"), sum], ages).reading.obstacle == nil)
    #expect(try OutputEnd([sigmoid, Node(.sum, of: "p", to: "y")]).reading.obstacle == .expectation)
    // A coordinate, which may be negative.
    let places = ["places": NDArray([-1, -0.3, 0.3, 1], shape: [4])]
    let coordinate = try OutputEnd([softmax, Node(.multiply, "p", "places", to: "x"), sum], places)
    #expect(coordinate.reading.obstacle == .expectation && coordinate.reading.logits == "y")
    // Weighted by shares, sigmoids have a mean, which is a probability.
    let pooled = try OutputEnd([softmax, sigmoid.renamed("q"), Node(.multiply, "p", "q", to: "x"), sum])
    #expect(pooled.reading.obstacle == nil && pooled.reading.isProbability)
    let column = ["w": NDArray([0, 10, 20, 30], shape: [4, 1])]
    #expect(try OutputEnd([softmax, Node(Linear(), ["p", "w"], to: "y")], column).reading.obstacle == .expectation)
  }

  /// As onnxruntime quantises a softmax or sigmoid that the file ends in.
  @Test(arguments: [true, false]) func `probabilities that are rounded to steps at the end have their logits`(
    isSoftmax: Bool
  ) throws {
    let probabilities = isSoftmax ? Node(Softmax(axis: 1), ["z"], to: "p") : sigmoid
    let end = try OutputEnd(
      [
        probabilities, Node(Quantization(low: -128, high: 127), ["p", "255th", "-128"], to: "q"),
        Node(.subtract, "q", "-128", to: "r"), Node(.multiply, "r", "255th", to: "y"),
      ], ["-128": .number(-128)])
    #expect(end.reading.logits == "z" && end.reading.link == (isSoftmax ? .softmax : .sigmoid))
    #expect(!end.reading.isProbability && end.reading.steppedOver.contains("Quantization"))
    // Logits that are rounded are explained as they come out.
    let logits = try OutputEnd([
      Node(Quantization(low: 0, high: 255), ["z", "255th", "0"], to: "q"), Node(.multiply, "q", "255th", to: "y"),
    ])
    #expect(logits.reading.logits == "y" && logits.reading.link == nil)
  }

  @Test func `the likeliest class, or −1 where none is likely, is the likeliest class`() throws {
    let end = try OutputEnd([
      Node(Softmax(axis: 1), ["z"], to: "p"),
      Node(ArgExtremum(axis: 1, isLargest: true, keepsDimension: false, takesLast: false), ["p"], to: "a"),
      Node(Reduction(.max, axes: [1], keepsDimensions: false), ["p"], to: "m"),
      Node(Comparison(.greater), ["m", "0.5"], to: "c"), Node(Selection(), ["c", "a", "-1"], to: "y"),
    ])
    #expect(end.reading.logits == "z" && end.reading.link == .softmax && end.reading.decision == nil)
    #expect(!end.reading.renamesClasses && !end.reading.lacksDerivative)
  }

  @Test func `scores sorted whole are not asked for the smallest`() throws {
    func smallest(_ count: Int) throws -> Bool {
      try OutputEnd([Node(TopK(.places, count: count, axis: 1, isLargest: false), ["z"], to: "y")]).reading.smallestWins
    }
    #expect(try smallest(1) && smallest(3) && !smallest(4))
  }
}

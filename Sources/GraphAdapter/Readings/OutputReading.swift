public import AttributionKit
public import GraphEngine
import Kernels

/// What one output of a network answers, read off the operators it ends in.
public struct OutputReading: Sendable {
  /// The output's name in the file.
  public let output: String
  /// The value that is explained: the logits where there are any, or else the output itself.
  public let logits: String
  /// How the logits become probabilities, where the network itself says so.
  public let link: ProbabilityLink?
  /// Whether the value explained is a probability already, since no single softmax or sigmoid stands before it.
  public let isProbability: Bool
  /// Whether it is taken for one only since it can lie nowhere but between 0 and 1.
  public let isProbabilityByBounds: Bool
  /// The operators between the logits and the output, the last first: `ArgMax`, `Softmax`.
  public let steppedOver: [String]
  /// Why the numbers have no meaning that can be told; `nil` where they have one.
  public let obstacle: Obstacle?
  /// Whether the smallest of the scores is the answer, as of distances.
  public let smallestWins: Bool
  /// Whether the output holds negative logarithms of the probabilities that are shown.
  public let isNegativeLogarithm: Bool
  /// Whether the logits are probabilities themselves, by a softmax or sigmoid too many.
  public let isSquashedTwice: Bool
  /// Whether the output holds what the probabilities that are shown lack to one.
  public let isComplement: Bool
  /// Whether the output holds the greatest alone of the probabilities that are shown.
  public let isGreatest: Bool
  /// Whether the numbers are divided by their Euclidean norm, as embeddings are.
  public let hasUnitLength: Bool
  /// Whether nothing of the image can be differentiated by what is explained, which is rounded on every way.
  public let lacksDerivative: Bool
  /// What a comparison at the end asks of the scores; `nil` where there is none.
  public let decision: Decision?
  /// Whether what a ranking at the end takes is renamed afterwards, by a table or a sum.
  public let renamesClasses: Bool
  /// The heads that an output of probabilities joins, with the numbers that are theirs; empty for a single one.
  public let heads: [Head]
  /// The shape of the value explained, the batch of one in front.
  public let shape: [Int]
  /// What the value explained comes from.
  public let ending: Ending
  /// Which row of the output's tokens is explained, where it is but one of them.
  public let row: OutputRows?
  /// Nodes that the network itself lacks and the logits need, such as a slice of the part that holds classes.
  public let addedNodes: [Node]

  /// What the network ends in, from the most telling on.
  public enum Ending: Int, Comparable, Sendable {
    /// A softmax, or several mixed.
    case softmax
    /// A sigmoid of each number.
    case sigmoid
    /// A linear layer.
    case linear
    /// Anything else: a ReLU, a tanh, a norm.
    case other

    /// By how telling they are.
    public static func < (a: Ending, b: Ending) -> Bool { a.rawValue < b.rawValue }
  }

  /// Why an output's numbers have no meaning that can be told.
  public enum Obstacle: Hashable, Sendable {
    /// A softmax over a single number, which is always 1 and depends on nothing.
    case constant
    /// A softmax over places of the image, as in heat maps: it says where something is, not what.
    case places
    /// A difference of probabilities, which may be negative.
    case difference
    /// A sum of numbers weighted by probabilities, such as an age expected, or of sigmoids.
    case expectation
    /// A probability by a sigmoid that a factor brings between other bounds, as angles and ages are.
    case scaled(ClosedRange<Float>)
    /// A single number, for the image or at each place of it, that can never be negative, as no logit is.
    case neverNegative
    /// Values side by side of which some are probabilities and some are not.
    case mixedHeads([String])
  }

  /// A comparison of the scores with known numbers, at the end of a network.
  public struct Decision: Hashable, Sendable {
    /// What they are compared with: one number, or one for each class.
    public var bounds: ClosedRange<Float>
    /// Whether the output says yes above the bound; `nil` where that cannot be told.
    public var isAbove: Bool?
    /// Whether probabilities are compared, rather than scores.
    public var isOfProbability: Bool
    /// Whether the scores explained have their signs turned, so that they speak for the output's yes.
    public var isScoreTurned: Bool

    /// A comparison with these bounds.
    public init(bounds: ClosedRange<Float>, isAbove: Bool?, isOfProbability: Bool, isScoreTurned: Bool = false) {
      (self.bounds, self.isAbove) = (bounds, isAbove)
      (self.isOfProbability, self.isScoreTurned) = (isOfProbability, isScoreTurned)
    }
  }

  /// One of the heads that an output joins.
  public struct Head: Hashable, Sendable {
    /// The value that it is.
    public let value: String
    /// Which of the output's numbers are its own.
    public let numbers: Range<Int>
  }

  /// How many numbers the output holds for an image, or for each place of it.
  public var classCount: Int { isVector ? shape.reduce(1, *) : shape.dropFirst().first ?? 1 }

  /// Whether there is one row of numbers for the whole image, whatever extents of 1 stand around it.
  public var isVector: Bool { shape.count { $0 > 1 } <= 1 }

  /// Whether it ends in a softmax over a single number, which is always 1 and depends on nothing.
  public var isConstant: Bool { obstacle == .constant }
}

extension OutputReading {
  /// Reads an output of a graph, which is planned with it among its outputs.
  public init(of output: String, in graph: Graph, planned plan: Plan) {
    let places = PlacesOfAxes(plan)
    let found = GraphEnds(graph).reading(of: output)
      .settled(of: output, { plan.shape(of: $0) ?? [] }, runsOverPlaces: places.runs)
    self.init(found, of: output) { plan.shape(of: $0) ?? [] }
  }

  /// What was found behind an output, settled.
  init(_ reading: GraphEnds.Found, of output: String, shape: (String) -> [Int]) {
    self.output = output
    (logits, link, isProbability) = (reading.logits, reading.link, reading.isProbability)
    (steppedOver, addedNodes, ending) = (reading.steppedOver, reading.addedNodes, reading.ending)
    (smallestWins, isNegativeLogarithm) = (reading.smallestWins, reading.isNegativeLogarithm)
    (isComplement, isGreatest) = (reading.isComplement, reading.isGreatest)
    (isProbabilityByBounds, isSquashedTwice) = (reading.isProbabilityByBounds, reading.isSquashedTwice)
    (hasUnitLength, lacksDerivative) = (reading.hasUnitLength, reading.lacksDerivative)
    (decision, renamesClasses) = (reading.decision, reading.renamesClasses)
    (obstacle, row) = (reading.obstacle, reading.row)
    // The shape of what is added is that of the values it is made of.
    self.shape = reading.joined == nil ? shape(reading.logits) : reading.addedShape(shape)
    var (first, heads): (Int, [Head]) = (0, [])
    for value in reading.heads?.values ?? [] {
      let extents = shape(value), axis = reading.heads?.axis ?? 0
      let count = extents.indices.contains(axis) ? extents[axis] : 1
      heads.append(Head(value: value, numbers: first..<first + count))
      first += count
    }
    self.heads = heads
  }

  /// The operator at the end that makes whole numbers of scores, which have no derivative, in words: `ArgMax`.
  public var rank: String? {
    let words = [
      "ArgMax": "ArgMax", "ArgMin": "ArgMin", "TopK": "TopK", "Hardmax": "Hardmax", "Comparison": "a comparison",
      "Sign": "a comparison", "Quantization": "a rounding", "Round": "a rounding", "Floor": "a rounding",
      "Ceil": "a rounding", "Truncate": "a rounding",
    ]
    return steppedOver.lazy.compactMap { words[$0] }.first
  }

  /// What the output holds, in words: "2 probabilities by a softmax", "8 numbers for each of 23 × 23 places", "ArgMax of
  /// 4 numbers".
  public var summary: String { (rank.map { "\($0) of " } ?? "") + held }

  private var held: String {
    let count = classCount
    let numbers =
      switch ending {
      case .softmax: count == 1 ? "a probability by a softmax" : "\(count) probabilities by a softmax"
      case .sigmoid: count == 1 ? "a probability by a sigmoid" : "\(count) probabilities by sigmoids"
      case .linear: count == 1 ? "one number" : "\(count) numbers"
      case .other: count == 1 ? "one number" : "\(count) numbers"
      }
    if isVector { return numbers }
    if shape.count == 4 { return "\(numbers) for each of \(shape[2]) × \(shape[3]) places" }
    return "an array of \(shape.dropFirst().map(String.init).joined(separator: " × ")) numbers"
  }
}

/// Which axes of a network's values run over places of its image.
final class PlacesOfAxes {
  private let plan: Plan
  /// Followed through the network once somebody asks.
  private lazy var regions = image.map { ImageRegions(of: plan, image: $0) }

  private var image: String? {
    (plan.graph.inputs.first { ImageGrid(Array($0.shape.dropFirst())) != nil } ?? plan.graph.inputs.first)?.name
  }

  init(_ plan: Plan) { self.plan = plan }

  /// Whether the scalars of a value along an axis belong to different places.
  func runs(over value: String, _ axis: Int) -> Bool {
    guard let map = regions?.map(of: value), map.extents.indices.contains(axis) else { return false }
    return map.extents[axis] > 1
  }
}

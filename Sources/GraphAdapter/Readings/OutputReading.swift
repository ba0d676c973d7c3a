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
  /// The operators between the logits and the output, the last first: `ArgMax`, `Softmax`.
  public let steppedOver: [String]
  /// Whether the output ends in a softmax over a single number, which is always 1 and depends on nothing.
  public let isConstant: Bool
  /// Whether the smallest of the scores is the answer, as of distances.
  public let smallestWins: Bool
  /// The shape of the value explained, the batch of one in front.
  public let shape: [Int]
  /// What the value explained comes from.
  public let ending: Ending
  /// The values that the output joins of which some are probabilities and some are not, or the output itself where it has
  /// no meaning for another reason; empty where it has one.
  public let heads: [String]
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

  /// How many numbers the output holds for an image, or for each place of it.
  public var classCount: Int { isVector ? shape.reduce(1, *) : shape.dropFirst().first ?? 1 }

  /// Whether there is one row of numbers for the whole image, whatever extents of 1 stand around it.
  public var isVector: Bool { shape.count { $0 > 1 } <= 1 }
}

extension OutputReading {
  /// Reads an output of `graph`; `shape` tells the shape of each value.
  public init(of output: String, in graph: Graph, shape: (String) -> [Int]) {
    self.init(GraphEnds(graph).reading(of: output), of: output, shape: shape)
  }

  /// What was found behind an output.
  init(_ reading: GraphEnds.Found, of output: String, shape: (String) -> [Int]) {
    self.output = output
    smallestWins = reading.smallestWins
    isConstant = reading.isConstant(shape(reading.logits))
    if isConstant {
      (logits, link, isProbability) = (output, nil, false)
      (steppedOver, addedNodes, ending, row, heads) = ([], [], .other, nil, [output])
      self.shape = shape(output)
      return
    }
    (logits, link, isProbability) = (reading.logits, reading.link, reading.isProbability)
    steppedOver = reading.steppedOver
    addedNodes = reading.addedNodes
    ending = reading.ending
    (row, heads) = (reading.row, reading.heads)
    // The shape of what is added is that of the values it is made of.
    self.shape = reading.joined == nil ? shape(reading.logits) : reading.addedShape(shape)
  }

  /// The operator at the end that makes whole numbers of scores, which have no derivative, in words: `ArgMax`.
  public var rank: String? {
    let words = [
      "ArgMax": "ArgMax", "ArgMin": "ArgMin", "TopK": "TopK", "Hardmax": "Hardmax", "Comparison": "a comparison",
      "Quantization": "a rounding",
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
      case .softmax: "\(count) probabilities by a softmax"
      case .sigmoid: count == 1 ? "a probability by a sigmoid" : "\(count) probabilities by sigmoids"
      case .linear: count == 1 ? "one number" : "\(count) numbers"
      case .other: count == 1 ? "one number" : "\(count) numbers"
      }
    if isVector { return numbers }
    if shape.count == 4 { return "\(numbers) for each of \(shape[2]) × \(shape[3]) places" }
    return "an array of \(shape.dropFirst().map(String.init).joined(separator: " × ")) numbers"
  }
}

import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the rows of a detector mean: each a place, or a query, with scores of classes and, mostly, a box.
///
/// A model that detects has these outputs, by name and in this order, those it lacks left out:
///
/// | name | shape | what |
/// |---|---|---|
/// | `scores` | `[rows, columns]` | the logit of each class; of an end-to-end detector one column, that of the row's own class |
/// | `boxes` | `[rows, numbers]` | what ``boxes`` says |
/// | `objectness` | `[rows, 1]` | the logit that there is something at all |
/// | `classes` | `[rows, 1]` | of an end-to-end detector, the number of each row's own class |
/// | `angles` | `[rows, 1]` | how far each box is turned, in radians, clockwise as a picture is seen |
/// | `points` | `[rows, 2·points]` | key points, each across and down, in pixels of the input |
/// | `confidences` | `[rows, points]` | the logit that each key point is there to be seen |
/// | `coefficients` | `[rows, prototypes]` | what the prototypes of masks are weighted by |
/// | `prototypes` | `[prototypes, height, width]` | what masks are sums of |
public struct DetectionHead: Hashable, Sendable {
  /// The names of the outputs.
  public enum OutputName {
    /// Logits of classes.
    public static let scores = "scores"
    /// Numbers of boxes.
    public static let boxes = "boxes"
    /// Logits of there being something.
    public static let objectness = "objectness"
    /// Numbers of classes.
    public static let classes = "classes"
    /// Angles of turned boxes.
    public static let angles = "angles"
    /// Places of key points.
    public static let points = "points"
    /// Logits of key points.
    public static let confidences = "confidences"
    /// Weights of prototypes.
    public static let coefficients = "coefficients"
    /// What masks are sums of.
    public static let prototypes = "prototypes"
    /// All of them.
    public static let all = [
      scores, boxes, objectness, classes, angles, points, confidences, coefficients, prototypes,
    ]
  }

  /// Which column stands for nothing.
  public enum Background: String, Hashable, Sendable, Codable, CaseIterable { case none, first, last }

  /// Something of rows that only their numbers may tell.
  public enum Trait: Hashable, Sendable {
    /// Whether boxes are corners or middles.
    case form
    /// Whether boxes are counted in pixels or in shares of the image.
    case units
    /// Which column stands for nothing.
    case background
  }

  /// How many rows there are.
  public var rows: Int
  /// How many classes the rows tell apart, a background in the first column among them and one in the last not.
  public var classCount: Int
  /// How the logits of a row become probabilities: `softmax` over its columns, or `sigmoid`; `identity` where no logit is
  /// known, so that probabilities themselves stand in the columns.
  public var link: ProbabilityLink
  /// Which column stands for nothing.
  public var background: Background
  /// Whether a row has an objectness besides, which its classes' probabilities are multiplied by.
  public var hasObjectness: Bool
  /// How objectness becomes a probability: `sigmoid`, or `identity`.
  public var objectnessLink = ProbabilityLink.sigmoid
  /// Whether the row's score is the geometric mean of class and objectness, as with the centerness of FCOS.
  public var isGeometric = false
  /// What is not certain before the network has answered for an image: what is said of it here is likely, and what the
  /// numbers say goes before it.
  public var open: Set<Trait> = []
  /// Whether a row has one class of its own, which the output `classes` names.
  public var isEndToEnd: Bool
  /// How boxes are read; `nil` where there are none.
  public var boxes: BoxCoding?
  /// The cell of each row; empty where rows have none.
  public var cells: [BoxCoding.Cell]
  /// The height and width of the heat map that the rows are, of which only peaks are detections; `nil` for others.
  public var heatMap: [Int]?
  /// Whether boxes are turned, by the angles that the output `angles` has.
  public var isTurned = false
  /// The key points that each row has; `nil` where rows have none.
  public var keyPoints: KeyPoints?
  /// The grid that the masks of rows are made on; `nil` where rows have none.
  public var masks: MaskGrid?
  /// What the layout is called: "YOLOv8".
  public var name: String

  /// The meaning of some rows.
  public init(
    _ name: String, rows: Int, classCount: Int, link: ProbabilityLink = .sigmoid, background: Background = .none,
    hasObjectness: Bool = false, isEndToEnd: Bool = false, boxes: BoxCoding? = nil, cells: [BoxCoding.Cell] = [],
    heatMap: [Int]? = nil
  ) {
    self.name = name
    self.rows = rows
    self.classCount = classCount
    self.link = link
    self.background = background
    self.hasObjectness = hasObjectness
    self.isEndToEnd = isEndToEnd
    self.boxes = boxes
    self.cells = cells
    self.heatMap = heatMap
  }
}

/// A model that detects: its rows are known.
public protocol DetectingModel: ModelAdapter {
  /// What its rows mean; `nil` for a network that answers otherwise.
  var detectionHead: DetectionHead? { get }
}

extension DetectionHead {
  /// The classes that may be detected.
  public var detectable: Range<Int> { (background == .first ? 1 : 0)..<max(classCount, 1) }

  /// The box of a row, in pixels of the input, of a turned one the upright box around it; `nil` where it is not known.
  public func box(of row: Int, in outputs: Outputs) -> Box? {
    if let turned = turnedBox(of: row, in: outputs) { return turned.hull }
    guard let edges = edges(of: row, in: outputs) else { return nil }
    return Box(left: edges[0].value, top: edges[1].value, right: edges[2].value, bottom: edges[3].value)
  }

  /// The edges of a row's box, left, top, right, bottom, with their derivatives by the row's numbers.
  func edges(of row: Int, in outputs: Outputs) -> [(value: Float, slope: [Float])]? {
    guard let boxes else { return nil }
    let cell = cells.indices.contains(row) ? cells[row] : .init(left: 0, top: 0, stride: 1)
    guard boxes.form != .cell else { return cells.isEmpty ? nil : boxes.edges(of: [], in: cell) }
    guard let numbers = try? outputs.value(of: OutputName.boxes) else { return nil }
    return boxes.edges(of: numbers.row(row), in: cell)
  }

  /// The probability that the row holds a class: objectness included.
  public func probability(of index: Int, in row: Int, _ outputs: Outputs) -> Float {
    guard let scores = try? outputs.value(of: OutputName.scores) else { return 0 }
    let own = scores.row(row)
    let p: Float
    switch link {
    case .softmax:
      let most = own.max() ?? 0
      p = exp(own[index] - most) / own.reduce(0) { $0 + exp($1 - most) }
    case .sigmoid: p = 1 / (1 + exp(-own[isEndToEnd ? 0 : index]))
    case .identity: p = own[isEndToEnd ? 0 : index]
    }
    guard let there = objectness(of: row, outputs) else { return p }
    return isGeometric ? (p * there).squareRoot() : p * there
  }

  /// The probability that there is something in a row; `nil` where the network does not say.
  public func objectness(of row: Int, _ outputs: Outputs) -> Float? {
    guard hasObjectness, let z = try? outputs.value(of: OutputName.objectness).scalars[row] else { return nil }
    return objectnessLink == .identity ? z : 1 / (1 + exp(-z))
  }

  /// The number of the class that a row of an end-to-end detector has.
  func ownClass(of row: Int, _ outputs: Outputs) -> Int {
    guard let number = try? outputs.value(of: OutputName.classes).scalars[row], number.isFinite else { return 0 }
    return min(max(Int(number.rounded()), 0), max(classCount - 1, 0))
  }

  /// Where the logit of a class stands in the scores.
  func column(of index: Int) -> Int { isEndToEnd ? 0 : index }
}

extension Tensor {
  /// A row of `[rows, columns]`.
  func row(_ index: Int) -> [Float] {
    let width = shape.count > 1 ? shape[1] : 1
    return Array(scalars[index * width..<(index + 1) * width])
  }
}

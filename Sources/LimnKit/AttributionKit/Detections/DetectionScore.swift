import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What is asked about one row of a detector: the logit of a class in it, an edge of its box, or another of its numbers.
public struct DetectionScore: Target, Hashable {
  /// The row, from 0.
  public let row: Int
  /// What is asked.
  public let quantity: Quantity
  /// What the rows mean.
  public let head: DetectionHead

  /// What can be asked about a row.
  public enum Quantity: Hashable, Sendable {
    /// The logit of a class.
    case logit(Int)
    /// How much higher one class's logit is than another's.
    case difference(Int, Int)
    /// The probability of a class, objectness included.
    case probability(Int)
    /// The logit of there being something at all.
    case objectness
    /// An edge of the box, in pixels of the input.
    case edge(Edge)
    /// The box's extent across or down, in pixels of the input.
    case width, height
    /// The sum of the four edges, in pixels of the input.
    case box
    /// How far a turned box is turned, in degrees, clockwise as a picture is seen.
    case angle
    /// A quality of the key point of this number.
    case keyPoint(Int, KeyPointQuality)
    /// The sum of the mask's logits over these places of the grid of masks; without any named, over the row's own mask.
    case mask([Int]?)
  }

  /// What can be asked about a key point: the logit that it is there to be seen, or where it is, in pixels of the input.
  public enum KeyPointQuality: String, Hashable, Sendable, CaseIterable { case confidence, x, y }

  /// The edges of a box, in the order in which boxes are written.
  public enum Edge: Int, Hashable, Sendable { case left, top, right, bottom }

  /// A question about a row.
  public init(_ quantity: Quantity, of row: Int, in head: DetectionHead) {
    (self.quantity, self.row, self.head) = (quantity, row, head)
  }

  public var isLinear: Bool {
    switch quantity {
    case .logit, .difference, .objectness, .angle, .keyPoint: true
    default: false
    }
  }

  /// - Throws: ``AttributionError/noSuchOutput(_:among:)``, ``AttributionError/noSuchClass(_:count:)``,
  ///   ``AttributionError/noClasses(_:)`` where the network does not say what is asked.
  public func score(of outputs: Outputs) throws -> Score {
    guard (0..<head.rows).contains(row) else { throw AttributionError.noSuchClass(row, count: head.rows) }
    switch quantity {
    case .logit(let index): return try combination([(index, 1)], classIndex: index, outputs)
    case .difference(let index, let other):
      return try combination([(index, 1), (other, -1)], classIndex: index, contrast: other, outputs)
    case .probability(let index): return try probability(of: index, outputs)
    case .objectness:
      let z = try outputs.value(of: DetectionHead.OutputName.objectness)
      var slope = Tensor(repeating: 0, shape: z.shape)
      slope[row] = 1
      return Score(
        value: z.scalars[row], cotangents: try outputs.cotangents([DetectionHead.OutputName.objectness: slope]))
    case .edge(let edge): return try upright([edge.rawValue: 1], outputs)
    case .width: return try box([0: -1, 2: 1], outputs)
    case .height: return try box([1: -1, 3: 1], outputs)
    case .box: return try upright([0: 1, 1: 1, 2: 1, 3: 1], outputs)
    case .angle: return try angle(outputs)
    case .keyPoint(let index, let quality): return try keyPoint(index, quality, outputs)
    case .mask(let places): return try mask(places, outputs)
    }
  }

  /// A mask is that of the run at hand: on other inputs the same places are asked about.
  public func pinned(to outputs: Outputs) throws -> any Target {
    guard case .mask(nil) = quantity else { return self }
    return DetectionScore(.mask(head.maskPlaces(of: row, in: outputs)), of: row, in: head)
  }

  /// The probability of the class whose logit is asked about; other questions as they are.
  var probability: DetectionScore {
    if case .logit(let index) = quantity { DetectionScore(.probability(index), of: row, in: head) } else { self }
  }

  /// The same question about another class.
  func asking(about index: Int) throws -> DetectionScore {
    switch quantity {
    case .logit: DetectionScore(.logit(index), of: row, in: head)
    case .difference(_, let other): DetectionScore(.difference(index, other), of: row, in: head)
    case .probability: DetectionScore(.probability(index), of: row, in: head)
    case .objectness, .edge, .width, .height, .box, .angle, .keyPoint, .mask: throw AttributionError.notAboutAClass
    }
  }

  /// The logits of the row's classes, `[classes]`.
  func classScores(in outputs: Outputs) throws -> Tensor {
    guard !head.isEndToEnd else { throw AttributionError.notAboutAClass }
    let row = try outputs.value(of: DetectionHead.OutputName.scores).row(row).prefix(head.classCount)
    return Tensor(Array(row), shape: [row.count])
  }

  private func combination(
    _ terms: [(index: Int, factor: Float)], classIndex: Int, contrast: Int? = nil, _ outputs: Outputs
  ) throws -> Score {
    let scores = try outputs.value(of: DetectionHead.OutputName.scores)
    var (value, slope): (Float, Tensor) = (0, Tensor(repeating: 0, shape: scores.shape))
    for (index, factor) in terms {
      let place = try place(of: index, in: scores)
      value += factor * scores.scalars[place]
      slope[place] += factor
    }
    return Score(
      value: value, cotangents: try outputs.cotangents([DetectionHead.OutputName.scores: slope]),
      classIndex: classIndex, contrastIndex: contrast)
  }

  /// `p·o`, or its root where class and objectness are averaged geometrically: `∂/∂z` of a sigmoid `p` is `p(1 − p)`.
  private func probability(of index: Int, _ outputs: Outputs) throws -> Score {
    let scores = try outputs.value(of: DetectionHead.OutputName.scores)
    _ = try place(of: index, in: scores)
    let whole = head.probability(of: index, in: row, outputs), own = scores.row(row)
    let exponent: Float = head.isGeometric ? 0.5 : 1
    var slope = Tensor(repeating: 0, shape: scores.shape)
    // d(pᵉ)/dz = e·pᵉ·dlog p/dz, and dlog p/dz is 1 − p for a sigmoid, δ − p for a softmax, 1/p for p itself.
    let start = row * own.count
    switch head.link {
    case .sigmoid:
      let column = head.column(of: index)
      slope[start + column] = exponent * whole / (1 + exp(own[column]))
    case .softmax:
      let p = Tensor(own, shape: [own.count]).softmax().scalars
      for other in own.indices { slope[start + other] = exponent * whole * ((other == index ? 1 : 0) - p[other]) }
    case .identity:
      let column = head.column(of: index)
      slope[start + column] = own[column] == 0 ? 0 : exponent * whole / own[column]
    }
    var slopes = [DetectionHead.OutputName.scores: slope]
    if head.hasObjectness {
      let z = try outputs.value(of: DetectionHead.OutputName.objectness)
      var slope = Tensor(repeating: 0, shape: z.shape)
      let there = z.scalars[row]
      slope[row] =
        head.objectnessLink == .identity
        ? there == 0 ? 0 : exponent * whole / there : exponent * whole / (1 + exp(there))
      slopes[DetectionHead.OutputName.objectness] = slope
    }
    return Score(value: whole, cotangents: try outputs.cotangents(slopes), classIndex: index)
  }

  /// The edges of a box that is not turned: those of a turned one are elsewhere than its numbers say.
  private func upright(_ factors: [Int: Float], _ outputs: Outputs) throws -> Score {
    guard !head.isTurned else {
      throw AttributionError.noSuchOutput("edges", among: outputs.descriptions.map(\.name))
    }
    return try box(factors, outputs)
  }

  private func box(_ factors: [Int: Float], _ outputs: Outputs) throws -> Score {
    guard let edges = head.edges(of: row, in: outputs), head.boxes?.form != .cell else {
      throw AttributionError.noSuchOutput(DetectionHead.OutputName.boxes, among: outputs.descriptions.map(\.name))
    }
    let numbers = try outputs.value(of: DetectionHead.OutputName.boxes), width = numbers.shape[1]
    var (value, slope): (Float, Tensor) = (0, Tensor(repeating: 0, shape: numbers.shape))
    for (edge, factor) in factors.sorted(by: { $0.key < $1.key }) {
      value += factor * edges[edge].value
      for (number, derivative) in edges[edge].slope.prefix(width).enumerated() {
        slope[row * width + number] += factor * derivative
      }
    }
    return Score(value: value, cotangents: try outputs.cotangents([DetectionHead.OutputName.boxes: slope]))
  }

  private func place(of index: Int, in scores: Tensor) throws -> Int {
    let column = head.column(of: index)
    guard (0..<head.classCount).contains(index), column < scores.shape[1] else {
      throw AttributionError.noSuchClass(index, count: head.classCount)
    }
    return row * scores.shape[1] + column
  }
}

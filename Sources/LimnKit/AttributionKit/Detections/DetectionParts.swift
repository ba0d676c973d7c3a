public import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Which key points the rows of a detector have.
public struct KeyPoints: Hashable, Sendable {
  /// How many there are.
  public var count: Int
  /// How the logit that one is there becomes a probability: `sigmoid`; `identity` where no logit is known; `nil` where the
  /// network does not say how sure it is of them.
  public var link: ProbabilityLink?
  /// What they are called; empty where they are known by number alone.
  public var names: [String]

  /// Points of these names, of which as many are used as there are.
  public init(_ count: Int, link: ProbabilityLink?, names: [String] = []) {
    (self.count, self.link, self.names) = (count, link, names.count == count ? names : [])
  }

  /// The number of the one that a user means: by its name, or by its number from 0.
  public func index(of text: String) -> Int? {
    if let number = Int(text) { return (0..<count).contains(number) ? number : nil }
    func plain(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }
    return names.firstIndex { plain($0) == plain(text) }
  }
}

/// The grid that the masks of a detector's rows are made on, which covers the network's input.
public struct MaskGrid: Hashable, Sendable {
  /// How many cells it has.
  public var height: Int, width: Int
  /// How many pixels of the input a cell is wide and high.
  public var across: Float, down: Float

  /// A grid of cells of an extent.
  public init(height: Int, width: Int, across: Float, down: Float) {
    (self.height, self.width, self.across, self.down) = (height, width, across, down)
  }
}

/// One of a row's key points.
public struct KeyPoint: Hashable, Sendable {
  /// Where it is, in pixels of the network's input.
  public var x: Float, y: Float
  /// The probability that it is there to be seen, from 0 to 1; `nil` where the network does not say.
  public var confidence: Float?

  /// A point of the input.
  public init(x: Float, y: Float, confidence: Float?) { (self.x, self.y, self.confidence) = (x, y, confidence) }
}

extension DetectionHead {
  /// The turned box of a row; `nil` where boxes are upright.
  public func turnedBox(of row: Int, in outputs: Outputs) -> TurnedBox? {
    guard isTurned, boxes?.form == .center, let angles = try? outputs.value(of: OutputName.angles),
      let edges = edges(of: row, in: outputs)
    else { return nil }
    return TurnedBox(
      x: (edges[0].value + edges[2].value) / 2, y: (edges[1].value + edges[3].value) / 2,
      width: edges[2].value - edges[0].value, height: edges[3].value - edges[1].value, angle: angles.scalars[row])
  }

  /// The key points of a row; none where the network has none.
  public func keyPoints(of row: Int, in outputs: Outputs) -> [KeyPoint] {
    guard let keyPoints, let places = (try? outputs.value(of: OutputName.points))?.row(row) else { return [] }
    let logits = keyPoints.link == nil ? nil : (try? outputs.value(of: OutputName.confidences))?.row(row)
    return (0..<keyPoints.count).map { index in
      KeyPoint(
        x: places[2 * index], y: places[2 * index + 1],
        confidence: logits.map { keyPoints.link == .identity ? $0[index] : 1 / (1 + exp(-$0[index])) })
    }
  }

  /// The logits that places belong to the object of a row, `[height, width]` of the grid of masks: the prototypes, weighted
  /// by the row's coefficients (Bolya et al., YOLACT, ICCV 2019, equation 1, before its sigmoid).
  ///
  /// - Returns: `nil` where the network makes no masks.
  public func maskLogits(of row: Int, in outputs: Outputs) -> Tensor? {
    guard let masks, let prototypes = try? outputs.value(of: OutputName.prototypes),
      let coefficients = (try? outputs.value(of: OutputName.coefficients))?.row(row)
    else { return nil }
    let area = masks.height * masks.width
    var logits = [Float](repeating: 0, count: area)
    prototypes.scalars.withUnsafeBufferPointer { prototypes in
      for (k, factor) in coefficients.enumerated() {
        for p in 0..<area { logits[p] += factor * prototypes[k * area + p] }
      }
    }
    return Tensor(logits, shape: [masks.height, masks.width])
  }

  /// The places of a row's mask, row by row of the grid: those more likely its object's than not, within its box.
  ///
  /// - Returns: `nil` where the network makes no masks.
  public func maskPlaces(of row: Int, in outputs: Outputs) -> [Int]? {
    guard let masks, let logits = maskLogits(of: row, in: outputs) else { return nil }
    let box = box(of: row, in: outputs)
    return logits.scalars.indices.filter { place in
      guard logits.scalars[place] > 0 else { return false }
      guard let box else { return true }
      let (x, y) = (Float(place % masks.width) * masks.across, Float(place / masks.width) * masks.down)
      return x >= box.left && x < box.right && y >= box.top && y < box.bottom
    }
  }
}

public import AttributionKit
public import Images

extension NamedTarget {
  /// One of a detector's rows that is asked about.
  public struct FoundBox: Sendable {
    /// The row, its class, and how likely that is.
    public let detection: Detection
    /// Its number in the list of boxes, from 1; `nil` where it is not there.
    public let number: Int?
    /// Where its box lies in the photograph, in pixels; `nil` where that is not known.
    public let place: Rectangle?
    /// What is said of it beside: how it is turned, key points, a mask.
    public let parts: BoxParts
    /// What the network's rows mean.
    let head: DetectionHead

    /// `box 3`, or `row 1234` of one that is not in the list.
    public var name: String { number.map { "box \($0)" } ?? "row \(detection.row)" }
  }

  /// The target that a score of this kind is.
  ///
  /// - Throws: ``ExplainingError`` where the network says no such thing of a box.
  func scored(_ box: FoundBox, as kind: ScoreKind) throws(ExplainingError) -> any Target {
    if kind.isOfBox, box.head.boxes == nil || box.head.boxes?.form == .cell {
      throw .usage(
        "the network's boxes cannot be read from its file, which holds no anchors: ask for the logit", about: .score)
    }
    return DetectionScore(try quantity(kind, of: box), of: box.detection.row, in: box.head)
  }

  private func quantity(_ kind: ScoreKind, of box: FoundBox) throws(ExplainingError) -> DetectionScore.Quantity {
    func edge(_ edge: DetectionScore.Edge?) throws(ExplainingError) -> DetectionScore.Quantity {
      guard !box.head.isTurned else {
        throw .usage("a turned box has no '\(kind.rawValue)': ask for its width, height or angle", about: .score)
      }
      return edge.map { .edge($0) } ?? .box
    }
    switch kind {
    case .logit: return .logit(box.detection.classIndex)
    case .probability: return .probability(box.detection.classIndex)
    case .objectness:
      guard box.head.hasObjectness else {
        throw .usage(
          "the network has no objectness beside its classes: ask for the logit, or an edge of the box", about: .score)
      }
      return .objectness
    case .box: return try edge(nil)
    case .left: return try edge(.left)
    case .top: return try edge(.top)
    case .right: return try edge(.right)
    case .bottom: return try edge(.bottom)
    case .width: return .width
    case .height: return .height
    case .angle:
      guard box.head.isTurned else {
        throw .usage("the network's boxes are upright, and have no angle: ask for an edge, or the logit", about: .score)
      }
      return .angle
    case .mask:
      guard let mask = box.parts.mask else {
        throw .usage("the network makes no masks of what it finds: ask for the logit", about: .score)
      }
      guard !mask.isEmpty else {
        throw .data("no place within \(box.name) is more likely the object's than not: it has no mask", about: .score)
      }
      return .mask(nil)
    case .keyPoint(let point, let quality): return try keyPoint(point, quality, of: box.head)
    }
  }

  private func keyPoint(
    _ point: String, _ quality: DetectionScore.KeyPointQuality, of head: DetectionHead
  ) throws(ExplainingError) -> DetectionScore.Quantity {
    guard let points = head.keyPoints else {
      throw .usage("the network finds no key points: ask for the logit", about: .score)
    }
    guard let index = points.index(of: point) else {
      let known =
        points.names.isEmpty
        ? "they are numbered from 0 to \(points.count - 1)"
        : points.names.enumerated().map { "\($0.offset) \($0.element)" }.joined(separator: ", ")
      throw .data("the network has no key point '\(point)': \(known)", about: .score)
    }
    guard quality != .confidence || points.link != nil else {
      throw .usage(
        "the network does not say how sure it is of key points: ask where one is, keypoint:\(point):x", about: .score)
    }
    return .keyPoint(index, quality)
  }
}

extension ScoreKind {
  /// Whether it is about a detector's box, rather than a class.
  public var isOfBox: Bool {
    switch self {
    case .logit, .probability, .objectness, .mask, .keyPoint: false
    case .box, .left, .top, .right, .bottom, .width, .height, .angle: true
    }
  }
}

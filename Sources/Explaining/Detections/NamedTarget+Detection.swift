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
    /// What the network's rows mean.
    let head: DetectionHead

    /// `box 3`, or `row 1234` of one that is not in the list.
    public var name: String { number.map { "box \($0)" } ?? "row \(detection.row)" }
  }

  /// The target that a score of this kind is.
  ///
  /// - Throws: ``ExplainingError`` where the network says no such thing of a box.
  func scored(_ box: FoundBox, as kind: ScoreKind) throws(ExplainingError) -> any Target {
    let quantity: DetectionScore.Quantity
    switch kind {
    case .logit: quantity = .logit(box.detection.classIndex)
    case .probability: quantity = .probability(box.detection.classIndex)
    case .objectness:
      guard box.head.hasObjectness else {
        throw .usage(
          "the network has no objectness beside its classes: ask for the logit, or an edge of the box", about: .score)
      }
      quantity = .objectness
    case .box: quantity = .box
    case .left: quantity = .edge(.left)
    case .top: quantity = .edge(.top)
    case .right: quantity = .edge(.right)
    case .bottom: quantity = .edge(.bottom)
    case .width: quantity = .width
    case .height: quantity = .height
    }
    if kind.isOfBox, box.head.boxes == nil || box.head.boxes?.form == .cell {
      throw .usage(
        "the network's boxes cannot be read from its file, which holds no anchors: ask for the logit", about: .score)
    }
    return DetectionScore(quantity, of: box.detection.row, in: box.head)
  }
}

extension ScoreKind {
  /// Whether it is about a detector's box, rather than a class.
  public var isOfBox: Bool {
    switch self {
    case .logit, .probability, .objectness: false
    case .box, .left, .top, .right, .bottom, .width, .height: true
    }
  }
}

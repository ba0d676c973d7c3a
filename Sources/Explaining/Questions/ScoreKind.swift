public import AttributionKit

/// What the score of a class is.
public enum ScoreKind: Hashable, Sendable {
  /// Its logit: what the network computes before a softmax or sigmoid.
  case logit
  /// Its probability.
  case probability
  /// Of a detector's row, the logit of there being anything.
  case objectness
  /// The sum of the four edges of a detector's box, in pixels of the network's input.
  case box
  /// An edge of a detector's box, in pixels of the network's input.
  case left, top, right, bottom
  /// How wide or high a detector's box is, in pixels of the network's input.
  case width, height
  /// How far a turned box is turned, in degrees, clockwise as a picture is seen.
  case angle
  /// The sum of the logits of a row's mask over the places of that mask.
  case mask
  /// Of a detector that finds poses, a quality of the key point of this name or number.
  case keyPoint(String, DetectionScore.KeyPointQuality)
}

extension ScoreKind: RawRepresentable, Codable {
  /// As people write it: `logit`, `left`, `keypoint:nose`, `keypoint:9:x`.
  public var rawValue: String {
    switch self {
    case .logit: "logit"
    case .probability: "probability"
    case .objectness: "objectness"
    case .box: "box"
    case .left: "left"
    case .top: "top"
    case .right: "right"
    case .bottom: "bottom"
    case .width: "width"
    case .height: "height"
    case .angle: "angle"
    case .mask: "mask"
    case .keyPoint(let point, .confidence): Self.keyPointPrefix + point
    case .keyPoint(let point, let quality): Self.keyPointPrefix + point + ":" + quality.rawValue
    }
  }

  /// What is written; `nil` where it is no score.
  public init?(rawValue: String) {
    if let kind = Self.allCases.first(where: { $0.rawValue == rawValue }) {
      self = kind
      return
    }
    guard rawValue.hasPrefix(Self.keyPointPrefix) else { return nil }
    let rest = rawValue.dropFirst(Self.keyPointPrefix.count), colon = rest.lastIndex(of: ":")
    let quality = colon.flatMap { DetectionScore.KeyPointQuality(rawValue: String(rest[rest.index(after: $0)...])) }
    let point = quality == nil ? rest : rest[..<(colon ?? rest.endIndex)]
    guard !point.allSatisfy(\.isWhitespace) else { return nil }
    self = .keyPoint(String(point), quality ?? .confidence)
  }

  private static let keyPointPrefix = "keypoint:"
}

extension ScoreKind: CaseIterable {
  /// Those that need no further word; `keypoint:…` does.
  public static let allCases: [ScoreKind] = [
    .logit, .probability, .objectness, .box, .left, .top, .right, .bottom, .width, .height, .angle, .mask,
  ]
}

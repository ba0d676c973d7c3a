/// A class, or a side of a single logit, with what the network thinks of it.
public struct Prediction: Hashable, Sendable {
  /// Which class or side it is.
  public let choice: Choice
  /// The name of the class or side, where it has one.
  public let label: String?
  /// `positive` or `negative`, of a network with a single logit.
  public let side: String?
  /// The logit, or the number itself where it is no score of a class; of a segmentation, the mean over the region;
  /// speaking for the side.
  public let logit: Float
  /// From 0 to 1; `nil` for a number that is no score of a class.
  public let probability: Float?
  /// Of a segmentation, how much of the region the class is predicted for, from 0 to 1.
  public let share: Float?

  /// The number of the network's logit.
  public var index: Int { choice.index }
}

extension Prediction: Codable {
  private enum CodingKeys: String, CodingKey { case index, label, side, logit, value, probability, share }

  /// Reads what ``encode(to:)`` has written.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    side = try fields.decodeIfPresent(String.self, forKey: .side)
    choice = Choice(index: try fields.decode(Int.self, forKey: .index), isNegative: side == "negative")
    label = try fields.decodeIfPresent(String.self, forKey: .label)
    probability = try fields.decodeIfPresent(Float.self, forKey: .probability)
    logit = try fields.decode(Float.self, forKey: probability == nil ? .value : .logit)
    share = try fields.decodeIfPresent(Float.self, forKey: .share)
  }

  /// Writes the fields that apply.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(index, forKey: .index)
    try fields.encodeIfPresent(label, forKey: .label)
    try fields.encodeIfPresent(side, forKey: .side)
    try fields.encode(logit, forKey: probability == nil ? .value : .logit)
    try fields.encodeIfPresent(probability, forKey: .probability)
    try fields.encodeIfPresent(share, forKey: .share)
  }
}

/// A class, or a side of a single logit, with what the network thinks of it.
struct Prediction: Encodable {
  let choice: Choice
  let label: String?
  /// `positive` or `negative`, of a network with a single logit.
  let side: String?
  /// Of a segmentation, the mean over the region; speaking for the side.
  let logit: Float
  let probability: Float
  /// Of a segmentation, how much of the region the class is predicted for.
  let share: Float?

  /// The number of the network's logit.
  var index: Int { choice.index }

  enum CodingKeys: String, CodingKey { case index, label, side, logit, probability, share }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(index, forKey: .index)
    try fields.encodeIfPresent(label, forKey: .label)
    try fields.encodeIfPresent(side, forKey: .side)
    try fields.encode(logit, forKey: .logit)
    try fields.encode(probability, forKey: .probability)
    try fields.encodeIfPresent(share, forKey: .share)
  }
}

/// What was explained; a similarity is about no class.
struct TargetReport: Encodable {
  /// As the user wrote it, or `prediction`.
  let expression: String
  let index: Int?
  let label: String?
  let side: String?
  /// Of a segmentation, the mean over the region.
  let probability: Float?
  let contrastIndex: Int?
  let contrastLabel: String?
  /// Of a segmentation: the region as the user wrote it, or `predicted`, and how much of the network's places it is.
  let region: String?
  let share: Float?

  init(_ explanation: Explanation) {
    let target = explanation.target, names = explanation.classifier.names
    expression = target.expression
    index = target.choice?.index
    label = target.choice.flatMap(names.label)
    side = target.choice.flatMap(names.side)
    probability = explanation.probability
    contrastIndex = target.contrast?.index
    contrastLabel = target.contrast.flatMap(names.label)
    region = target.places?.expression
    share = target.places?.share
  }
}

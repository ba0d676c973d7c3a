import AttributionKit
public import Explaining

/// One picture's predictions, as `limn predict --json` prints them.
public struct PredictionReport: Hashable, Sendable, Codable {
  /// The version of the report's form, as ``Report/version``.
  public let version: Int
  /// The picture as the user named it.
  public let image: String
  /// The network.
  public let model: Report.Network
  /// How the photograph became the network's input; missing for arrays.
  public let preprocessing: Report.Preparation?
  /// `softmax`, `sigmoid` or `identity`: how logits became probabilities; missing for numbers that are no scores of
  /// classes.
  public let link: String?
  /// Of a segmentation, which part of the picture the predictions are about; all of it where this is missing.
  public let region: String?
  /// The choices ranked first.
  public let predictions: [Prediction]
  /// The boxes that a detector found, the likeliest first; missing for other networks.
  public let boxes: [BoxReport]?
  /// What was assumed of the network and the picture.
  public let notes: [String]?
  /// What computed it.
  public let versions: Report.Versions

  /// The choices that the network ranks highest, `count` of them.
  public init(_ picture: AnsweredPicture, top count: Int) {
    version = Report.currentVersion
    image = picture.subject.name
    model = Report.Network(picture.explainer)
    preprocessing = picture.subject.preprocessing.map(Report.Preparation.init)
    link = picture.answer.link?.rawValue
    region = picture.region.flatMap { $0.weights == nil ? nil : $0.expression }
    predictions = picture.predictions(top: count)
    boxes = BoxReport.all(of: picture)
    notes = picture.notes.isEmpty ? nil : picture.notes.map(\.sentence)
    versions = .current
  }
}

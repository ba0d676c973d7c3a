import AttributionKit

/// One image's predictions, as `limn predict --json` prints them.
struct PredictionReport: Encodable {
  let image: String
  let model: ModelReport
  let preprocessing: PreprocessingReport?
  /// `softmax` or `sigmoid`: how logits became probabilities.
  let link: String
  /// Of a segmentation, which part of the picture the predictions are about; all of it where this is missing.
  let region: String?
  let predictions: [Prediction]
  let versions = Versions()

  init(_ explanation: Explanation, top count: Int) {
    image = explanation.subject.name
    model = ModelReport(explanation.classifier)
    preprocessing = explanation.subject.preprocessing.map(PreprocessingReport.init)
    link = explanation.classifier.model.probabilityLink.rawValue
    predictions = explanation.predictions(top: count)
    region = explanation.target.places.flatMap { $0.isPredicted ? nil : $0.expression }
  }
}

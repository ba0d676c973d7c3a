import AttributionKit

/// A network's layers, as `limn layers --json` prints them.
struct LayersReport: Encodable {
  let model: ModelReport
  /// The image that the gradients belong to, and the target they are of; missing where no image was given.
  var image: String?
  var target: TargetReport?
  /// The layer explained when none is named; missing where none has a spatial extent.
  var automatic: Automatic?
  let layers: [Line]

  struct Automatic: Encodable {
    let name: String
    let reason: String
  }

  struct Line: Encodable {
    let name: String
    let `operator`: String
    let shape: [Int]
    let grid: [Int]?
    let suitability: String
    let gradientNorm: Float?
  }

  init(_ classifier: Classifier, layers: [Layer], explanation: Explanation?, norms: GradientNorms?) {
    model = ModelReport(classifier)
    image = explanation?.subject.name
    target = explanation.map(TargetReport.init)
    automatic = classifier.model.automaticLayer.map { Automatic(name: $0.layer.name, reason: $0.reason) }
    self.layers = layers.map { layer in
      let report = LayerReport(layer)
      return Line(
        name: report.name, operator: report.operator, shape: report.shape, grid: report.grid,
        suitability: layer.suitability.rawValue, gradientNorm: norms?[layer])
    }
  }
}

import AttributionKit
import GraphAdapter

/// A network's layers, as `limn layers --json` prints them.
struct LayersReport: Encodable {
  let model: ModelReport
  /// The layer explained when none is named; missing where none has a spatial extent.
  var automatic: Automatic?
  let layers: [LayerReport]

  struct Automatic: Encodable {
    let name: String
    let reason: String
  }

  init(_ classifier: Classifier, layers: [Layer]) {
    model = ModelReport(classifier)
    automatic = classifier.model.automaticLayer.map { Automatic(name: $0.layer.name, reason: $0.reason) }
    self.layers = layers.map(LayerReport.init)
  }
}

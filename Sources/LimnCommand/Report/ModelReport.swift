import AttributionKit
import GraphAdapter
import Kernels
import Tensors

/// The network, as reports name it.
struct ModelReport: Encodable {
  /// The file as the user named it, `demo` for the network that comes with the command.
  let file: String
  /// The definition that the file holds the weights of.
  let network: String?
  let producer: String?
  let opset: Int?
  let classes: Int
  /// `float32` or `bf16`: what the network computed in.
  let precision: String
  let input: LayerReport

  init(_ classifier: Classifier) {
    file = classifier.origin.name
    network = classifier.origin.network
    producer = classifier.origin.producer
    opset = classifier.origin.opset
    classes = classifier.classCount
    precision = classifier.precision.name
    input = LayerReport(classifier.model.input)
  }
}

/// A named point of the network.
struct LayerReport: Encodable {
  let name: String
  let `operator`: String
  /// For one image, as the network holds it.
  let shape: [Int]
  /// The height and width of the grid where it is spatial.
  let grid: [Int]?

  init(_ layer: Layer) {
    name = layer.name
    self.operator = layer.operatorName
    shape = layer.nativeShape
    grid = layer.isSpatial ? Array(layer.shape.dropFirst()) : nil
  }
}

/// A class with what the network thinks of it.
struct Prediction: Encodable {
  let index: Int
  let label: String?
  let logit: Float
  let probability: Float
}

/// What was explained.
struct TargetReport: Encodable {
  /// As the user wrote it, or `prediction`.
  let expression: String
  let index: Int
  let label: String?
  let probability: Float
  var contrastIndex: Int?
  var contrastLabel: String?

  init(_ explanation: Explanation) {
    let target = explanation.target, labels = explanation.classifier.labels
    expression = target.expression
    index = target.index
    label = labels?.names[target.index]
    probability = explanation.session.probabilities.scalars[target.index]
    contrastIndex = target.contrast
    contrastLabel = target.contrast.flatMap { labels?.names[$0] }
  }
}

/// What was differentiated, and its value.
struct ScoreReport: Encodable {
  let kind: ScoreKind
  let value: Float
}

/// What computed the result.
struct Versions: Encodable {
  let limn = Version.current
  let oneDNN = oneDNNVersion()
}

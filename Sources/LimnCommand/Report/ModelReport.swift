import AttributionKit
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
  /// The shape of its answer for one image: `[classes]`, or `[classes, height, width]` of a segmentation.
  let output: [Int]
  /// `float32` or `bf16`: what the network computed in.
  let precision: String
  let input: LayerReport

  init(_ classifier: Classifier) {
    file = classifier.origin.name
    network = classifier.origin.network
    producer = classifier.origin.producer
    opset = classifier.origin.opset
    classes = classifier.names.count
    output = classifier.outputShape
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

/// What was differentiated, and its value.
struct ScoreReport: Encodable {
  /// `logit`, `probability` or `cosine`.
  let kind: String
  let value: Float
}

/// What computed the result.
struct Versions: Encodable {
  let limn = Version.current
  let oneDNN = oneDNNVersion()
}

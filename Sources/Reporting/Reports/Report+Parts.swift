import AttributionKit
package import Explaining
import Formats
import Tensors

extension Report {
  /// The network, as reports name it.
  public struct Network: Hashable, Sendable, Codable {
    /// The file as the user named it, `demo` for the demo network.
    public let file: String
    /// The network that the file holds the weights of.
    public let network: String?
    /// The program that wrote the file.
    public let producer: String?
    /// The version of ONNX's operators.
    public let opset: Int?
    /// How many logits it has.
    public let classes: Int
    /// The shape of its answer for one image: `[classes]`, or `[classes, height, width]` of a segmentation.
    public let output: [Int]
    /// `float32` or `bf16`: what the network computed in.
    public let precision: String
    /// What an image is for it.
    public let input: NetworkLayer

    init(_ explainer: Explainer) {
      file = explainer.origin.name
      network = explainer.origin.architecture
      producer = explainer.origin.producer
      opset = explainer.origin.opset
      classes = explainer.names.count
      output = explainer.outputShape
      precision = explainer.precision == .bfloat16 ? "bf16" : "float32"
      input = NetworkLayer(explainer.model.input)
    }
  }

  /// A named point of the network.
  public struct NetworkLayer: Hashable, Sendable, Codable {
    /// The layer's name.
    public let name: String
    /// What produces the activation, in the field's words.
    public let `operator`: String
    /// For one image, as the network holds it.
    public let shape: [Int]
    /// The height and width of the grid where it is spatial.
    public let grid: [Int]?

    init(_ layer: Layer) {
      name = layer.name
      self.operator = layer.operatorName
      shape = layer.nativeShape
      grid = layer.isSpatial ? Array(layer.shape.dropFirst()) : nil
    }
  }

  /// What was explained; a similarity is about no class.
  public struct Target: Hashable, Sendable, Codable {
    /// As the user wrote it, or `prediction`.
    public let expression: String
    /// The number of the class; of a single logit 0 for either side.
    public let index: Int?
    /// The name of the class, where it has one.
    public let label: String?
    /// `positive` or `negative`, of a network with a single logit.
    public let side: String?
    /// Of a segmentation, the mean over the region.
    public let probability: Float?
    /// The number of the class held against it.
    public let contrastIndex: Int?
    /// The name of the class held against it.
    public let contrastLabel: String?
    /// Of a segmentation: the region as the user wrote it, or `predicted`.
    public let region: String?
    /// Of a detector: the row that was asked about, and where its box is.
    public let box: BoxReport?
    /// Of a segmentation: how much of the network's places the region is, from 0 to 1.
    public let share: Float?

    package init(_ inquiry: Inquiry) {
      let target = inquiry.target, names = inquiry.picture.explainer.names
      expression = target.expression
      index = target.choice?.index
      label = target.choice.flatMap(names.label)
      side = target.choice.flatMap(names.side)
      probability = inquiry.probability
      contrastIndex = target.contrast?.index
      contrastLabel = target.contrast.flatMap(names.label)
      region = target.places?.expression
      share = target.places?.share
      box = target.box.map { BoxReport($0.detection, number: $0.number, place: $0.place, $0.parts, names) }
    }
  }

  /// What was differentiated, and its value.
  public struct Score: Hashable, Sendable, Codable {
    /// `logit`, `probability`, `number` or `cosine`.
    public let kind: String
    /// Its value for the picture.
    public let value: Float

    /// That of an inquiry.
    package init(_ inquiry: Inquiry) { (kind, value) = (inquiry.scoreName, inquiry.session.score.value) }
  }

  /// What computed the result.
  public struct Versions: Hashable, Sendable, Codable {
    /// Limn's own: `0.1.0`.
    public let limn: String
    /// oneDNN's: `3.4.1`.
    public let oneDNN: String

    /// Those of this program.
    public static let current = Versions(limn: Release.version, oneDNN: BuiltInFormats.oneDNNVersion)
  }
}

/// This release.
public enum Release {
  /// `0.1.0`.
  public static let version = "0.1.0"
}

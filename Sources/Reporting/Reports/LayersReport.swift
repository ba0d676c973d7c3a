public import AttributionKit
public import Explaining

/// A network's layers, as `limn layers --json` prints them.
public struct LayersReport: Hashable, Sendable, Codable {
  /// The version of the report's form, as ``Report/version``.
  public let version: Int
  /// The network.
  public let model: Report.Network
  /// The picture that the gradients belong to; missing where none was given.
  public let image: String?
  /// The target that the gradients are of.
  public let target: Report.Target?
  /// The layer explained when none is named; missing where none has a spatial extent.
  public let automatic: Automatic?
  /// In evaluation order.
  public let layers: [Line]

  /// The layer that the network proposes.
  public struct Automatic: Hashable, Sendable, Codable {
    /// The layer's name.
    public let name: String
    /// Why it was chosen.
    public let reason: String
  }

  /// One layer.
  public struct Line: Hashable, Sendable, Codable {
    /// The layer's name.
    public let name: String
    /// What produces the activation, in the field's words.
    public let `operator`: String
    /// For one image, as the network holds it.
    public let shape: [Int]
    /// The height and width of the grid where it is spatial.
    public let grid: [Int]?
    /// Whether maps can be drawn on the layer's grid.
    public let suitability: Suitability
    /// The Euclidean norm of the score's derivative.
    public let gradientNorm: Float?
  }

  /// Some of a network's layers, with their gradients where a picture was shown.
  public init(_ explainer: Explainer, layers: [Layer], inquiry: Inquiry? = nil, norms: GradientNorms? = nil) {
    version = Report.currentVersion
    model = Report.Network(explainer)
    image = inquiry?.picture.subject.name
    target = inquiry.map(Report.Target.init)
    automatic = explainer.model.automaticLayer.map { Automatic(name: $0.layer.name, reason: $0.reason) }
    self.layers = layers.map { layer in
      let report = Report.NetworkLayer(layer)
      return Line(
        name: report.name, operator: report.operator, shape: report.shape, grid: report.grid,
        suitability: Suitability(of: layer), gradientNorm: norms?[layer])
    }
  }
}

/// Whether maps can be drawn on a layer's grid.
public enum Suitability: String, Sendable, Codable {
  case suitable
  /// The score cannot depend on the layer's places.
  case outOfReach = "out of reach"
  case notSpatial = "not spatial"

  /// Whether maps can be drawn on this layer's.
  public init(of layer: Layer) {
    self = layer.isSpatial ? (layer.reachesScore ? .suitable : .outOfReach) : .notSpatial
  }
}

import AttributionKit
public import Explaining

/// What programs that drive Limn are told of an opened network.
public struct NetworkReport: Hashable, Sendable, Codable {
  /// What it is called above drawings.
  public let title: String
  /// Of one image, as the network takes it.
  public let input: [Int]
  /// Of its answer for one image.
  public let output: [Int]
  /// The names of the classes, where they have some.
  public let names: [String]?
  /// How photographs are prepared, in words.
  public let preprocessing: String?
  /// The layer explained by default.
  public let layer: String?
  /// What was assumed of it.
  public let notes: [String]

  /// What is known of a network before it has seen anything.
  ///
  /// - Throws: ``ExplainingError`` where the layer chosen is not there.
  public init(_ explainer: Explainer) throws(ExplainingError) {
    title = explainer.origin.title
    (input, output) = (explainer.model.input.nativeShape, explainer.outputShape)
    (names, preprocessing) = (explainer.names.labels?.names, explainer.preprocessing?.summary)
    layer = try explainer.defaultLayer()?.name
    notes = (explainer.notes + (explainer.recipeNote.map { [$0] } ?? [])).map(\.sentence)
  }
}

/// What programs that drive Limn can ask for by name.
public struct CatalogueReport: Hashable, Sendable, Codable {
  /// In the order of the catalogue.
  public let methods: [Name]
  /// In the order of the catalogue.
  public let metrics: [Name]
  /// The release.
  public let version: String

  /// A method or a metric.
  public struct Name: Hashable, Sendable, Codable {
    /// What it is called in expressions.
    public let identifier: String
    /// As papers print it.
    public let title: String
    /// What it does, in a sentence.
    public let summary: String
    /// The publication it comes from.
    public let citation: String
  }

  /// Everything in a catalogue.
  public init(_ catalogue: Catalogue) {
    version = Release.version
    methods = catalogue.methods.map {
      Name(identifier: $0.identifier, title: $0.title, summary: $0.summary, citation: $0.citation)
    }
    metrics = catalogue.metrics.map {
      Name(identifier: $0.identifier, title: $0.title, summary: $0.summary, citation: $0.citation)
    }
  }
}

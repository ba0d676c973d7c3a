/// Where a method that walks back through the whole network stops: at the input, or at a layer on the way.
public enum AttributedLayer: Hashable, Sendable {
  /// The input attributed to: pixels.
  case input
  /// A layer with a spatial extent.
  case layer(TargetLayer)

  /// The layer of the session's model that this means.
  ///
  /// - Throws: ``AttributionError`` with the nearest names where there is none.
  public func resolve(in session: ExplanationSession) throws -> Layer {
    switch self {
    case .input: session.inputLayer
    case .layer(let target): try target.resolve(in: session.model)
    }
  }
}

extension AttributedLayer: LosslessStringConvertible {
  public init(_ description: String) {
    self = description == "input" ? .input : .layer(TargetLayer(description))
  }

  public var description: String {
    switch self {
    case .input: "input"
    case .layer(let target): target.description
    }
  }
}

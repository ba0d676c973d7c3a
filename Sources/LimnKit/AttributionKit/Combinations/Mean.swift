import Tensors

/// The mean of several methods, each counting with the strength that a picture of it would show.
///
///     M = 1/n Σᵢ mᵢ / |mᵢ|,   |m| the largest magnitude of a map, the 99th percentile of those of pixels
///
/// On the finest of their grids. Source: Rieger & Hansen, "Aggregating explanation methods for stable and robust
/// explainability", 2019, arXiv:1903.00519.
public struct Mean: AttributionMethod {
  public let methods: [any AttributionMethod]

  /// The mean of one method or more.
  public init(_ methods: [any AttributionMethod]) { self.methods = methods }

  public var parts: [any AttributionMethod] { methods }

  /// - Throws: ``AttributionError/nothingToCombine``, ``AttributionError/incompatibleGrids(_:_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let parts = try CommonGround(of: methods, in: session)
    return parts.attribution(1 / Float(methods.count) * parts.values.dropFirst().reduce(parts.values[0], +))
  }
}

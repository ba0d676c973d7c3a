import Tensors

/// The strongest of several methods at each position, each counting with the strength that a picture of it would show.
///
///     M = maxᵢ mᵢ / |mᵢ|,   |m| the largest magnitude of a map, the 99th percentile of those of pixels
///
/// On the finest of their grids. Where all speak against the score, so does the maximum, with the mildest of them.
/// Source: the fusion of Jiang et al., "LayerCAM", IEEE Transactions on Image Processing 30, 2021,
/// doi:10.1109/TIP.2021.3089943, without its `tanh` of shallow layers.
public struct Maximum: AttributionMethod {
  public let methods: [any AttributionMethod]

  /// The maximum of one method or more.
  public init(_ methods: [any AttributionMethod]) { self.methods = methods }

  public var parts: [any AttributionMethod] { methods }

  /// - Throws: ``AttributionError/nothingToCombine``, ``AttributionError/incompatibleGrids(_:_:)``.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let parts = try CommonGround(of: methods, in: session)
    return parts.attribution(parts.values.dropFirst().reduce(parts.values[0]) { $0.maximum(with: $1) })
  }
}

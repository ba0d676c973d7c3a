public import Tensors

/// A method whose result is a map on the grid of one layer.
///
/// Methods that are compared or combined run in the order of their layers, the deepest first, so that all of them
/// continue one walk back through the network.
public protocol LayerMethod: AttributionMethod {
  /// The layer on whose grid the map is drawn.
  var targetLayer: TargetLayer { get }

  /// The map on `layer`, which has a spatial extent: `[height, width]`.
  ///
  /// - Throws: ``AttributionError`` where the network or the target has none; whatever the model throws.
  func map(on layer: Layer, in session: ExplanationSession) throws -> Tensor

  /// What there is to know about the map on `layer`; nothing unless said.
  func facts(on layer: Layer, in session: ExplanationSession) throws -> [Fact]
}

extension LayerMethod {
  public func facts(on layer: Layer, in session: ExplanationSession) throws -> [Fact] { [] }

  /// The map on the target layer.
  ///
  /// - Throws: ``AttributionError`` where there is no such layer, or none with a spatial extent.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let layer = try targetLayer.resolve(in: session.model)
    return Attribution(try map(on: layer, in: session), at: layer, facts: try facts(on: layer, in: session))
  }
}

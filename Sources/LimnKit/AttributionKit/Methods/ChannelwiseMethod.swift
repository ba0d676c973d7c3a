public import Tensors

/// A method whose map is a sum over a layer's channels.
///
///     M = Σₖ mₖ
public protocol ChannelwiseMethod: LayerMethod {
  /// What each channel of `layer` adds to the map: `[channels, height, width]`.
  ///
  /// - Throws: ``AttributionError`` where the network or the target has none; whatever the model throws.
  func contributions(on layer: Layer, in session: ExplanationSession) throws -> Tensor
}

extension ChannelwiseMethod {
  /// The sum over the channels, `[height, width]`.
  public func map(on layer: Layer, in session: ExplanationSession) throws -> Tensor {
    try contributions(on: layer, in: session).channelSum()
  }
}

public import Tensors

/// A model whose logits are a linear function of a layer's spatial means, as CAM requires.
public protocol PooledLinearModel: ModelAdapter {
  /// How much each channel of `layer` counts for a score whose derivative by the outputs is `cotangents`:
  /// `Wᵀ·cotangent`, of shape `[channels]`, for logits `W · mean(A) + b`.
  ///
  /// - Throws: ``AttributionError/noLinearHead(after:)`` where the network is of another shape after `layer`.
  func pooledLinearWeights(of cotangents: Cotangents, after layer: Layer) throws -> Tensor
}

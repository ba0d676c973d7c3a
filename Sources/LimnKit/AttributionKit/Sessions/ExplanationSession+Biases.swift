public import Tensors

extension ExplanationSession {
  /// What the step that computes `layer` adds of its own in this run, `b = y − J·x`, in the layer's shape.
  ///
  /// - Returns: `nil` where it adds nothing, or where that is not known; see ``ImplicitBiasTrace``.
  /// - Throws: ``AttributionError/noImplicitBiases`` where the model's adapter does not tell; whatever the model throws.
  public func implicitBias(at layer: Layer) throws -> Tensor? {
    guard let trace = trace as? any ImplicitBiasTrace else { throw AttributionError.noImplicitBiases }
    return try trace.implicitBias(at: layer)
  }
}

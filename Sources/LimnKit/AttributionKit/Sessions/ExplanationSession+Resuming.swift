public import Tensors

/// The network after a layer, as if it were the whole: for methods that ask what another activation would do.
extension ExplanationSession {
  /// The same question asked of the network run on from `layer` with another activation there.
  ///
  /// The session tells outputs, activations and gradients from that layer on. The class chosen here stays.
  ///
  ///     let g = try session.resumed(replacing: layer, with: 1.01 * a).gradient(at: layer)      // ∂y/∂A at 1.01·A
  ///
  /// Only what lies after the layer is computed. Nothing before it can be asked for, the input included.
  ///
  /// - Parameters:
  ///   - layer: Where the run begins anew.
  ///   - activation: What stands there, in the layer's shape.
  /// - Returns: A session of its own, whose walks back are not counted here.
  /// - Throws: ``AttributionError/cannotResume(after:)`` where the model's adapter is not able to,
  ///   ``AttributionError/wrongShape(_:for:)``, and whatever the model or the target throws.
  public func resumed(replacing layer: Layer, with activation: Tensor) throws -> ExplanationSession {
    guard let trace = trace as? any BranchingTrace else { throw AttributionError.cannotResume(after: layer) }
    guard activation.shape == layer.shape else { throw AttributionError.wrongShape(activation.shape, for: layer) }
    return try continued(by: trace.branch(replacing: layer, with: activation))
  }
}

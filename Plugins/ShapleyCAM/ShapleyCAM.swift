public import AttributionKit
public import Tensors

/// Shapley-CAM: Grad-CAM corrected for how the gradient changes on the way to the activation.
///
///     wₖ = 1/Z Σᵢⱼ (g − ½ H A)ₖᵢⱼ,    g = ∂y/∂A,    H = ∂²y/∂A²
///
/// It is the Shapley value of the activation's scalars for a score of second degree. `H A` is the derivative of the
/// gradient along `A`, taken by differences of gradients at resumed activations; see ``HessianProduct``.
public struct ShapleyCAM: ClassActivationMapping {
  public var targetLayer: TargetLayer

  public init(targetLayer: TargetLayer = .automatic) { self.targetLayer = targetLayer }

  /// - Throws: ``AttributionError/cannotResume(after:)``.
  public func channelWeights(of layer: Layer, in session: ExplanationSession) throws -> Tensor {
    try weights(of: layer, in: session).values
  }

  /// With a remark that tells how exact the weights are.
  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let layer = try targetLayer.resolve(in: session.model), (weights, error) = try weights(of: layer, in: session)
    let size = weights.magnitudes().scalars.max() ?? 0
    let share = size > 0 ? 100 * error / size : 0
    return Attribution(
      try session.activation(at: layer).channelSum(weighedBy: weights), at: layer,
      facts: share < 0.1
        ? []
        : [.remark("the weights are known to \((10 * share).rounded() / 10) % of the greatest, by their differences")])
  }

  /// A walk back that is shared, and four runs after the layer with a walk back each, which counts as two.
  public func cost(on model: (any ModelAdapter)?) -> Cost {
    guard let model, let layer = try? targetLayer.resolve(in: model) else { return .shared + .resumed(per: .gradient) }
    return .shared + .resumed(3 * HessianProduct.gradients, after: layer, of: model)
  }

  private func weights(of layer: Layer, in session: ExplanationSession) throws -> (values: Tensor, error: Float) {
    let g = try session.gradient(at: layer), product = try HessianProduct(at: layer, in: session)
    let errors = product.error.spatialMean().magnitudes().scalars
    return ((g + -0.5 * product.value).spatialMean(), 0.5 * (errors.max() ?? 0))
  }
}

extension Cost.Unit {
  fileprivate static let gradient = Cost.Unit("difference of gradients")
}

extension ShapleyCAM {
  public static let descriptor = MethodDescriptor(
    "shapley-cam", title: "Shapley-CAM", family: .cams,
    summary: "Regions whose features raise the score, as a game of second degree shares it out.",
    citation: "Cai, 2025, arXiv:2501.06261", needs: [.gradients, .spatialLayer], prototype: ShapleyCAM(),
    parameters: [.layer(\.targetLayer)])
}

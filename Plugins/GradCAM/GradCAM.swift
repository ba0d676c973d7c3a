public import AttributionKit
public import Tensors

/// Gradient-weighted class activation mapping: a channel matters as much as its mean gradient.
///
///     wₖ = 1/Z Σᵢⱼ ∂y/∂Aₖᵢⱼ                                                  (eq. 1)
public struct GradCAM: ClassActivationMapping {
  public var targetLayer: TargetLayer
  /// Whether to show the evidence against the score, by negating the weights (section 3.3).
  public var counterfactual: Bool

  public init(targetLayer: TargetLayer = .automatic, counterfactual: Bool = false) {
    self.targetLayer = targetLayer
    self.counterfactual = counterfactual
  }

  public func channelWeights(of layer: Layer, in session: ExplanationSession) throws -> Tensor {
    let weights = try session.gradient(at: layer).spatialMean()
    return counterfactual ? -weights : weights
  }
}

extension GradCAM {
  public static let descriptor = MethodDescriptor(
    "grad-cam", title: "Grad-CAM", family: .cams,
    summary: "Regions whose features raise the score, for any architecture.",
    citation: "Selvaraju et al., ICCV 2017, arXiv:1610.02391", needs: [.gradients, .spatialLayer], prototype: GradCAM(),
    parameters: [
      .layer(\.targetLayer),
      Parameter(
        "counterfactual", \.counterfactual, help: "show the evidence against the score instead",
        expected: "true or false"),
    ])
}

public import AttributionKit
public import Tensors

/// XGrad-CAM: a channel matters as much as the mean of its gradients, each counted by its share of the activation.
///
///     wₖ = Σᵢⱼ Aₖᵢⱼ / (Σₐᵦ Aₖₐᵦ) · ∂y/∂Aₖᵢⱼ
///
/// A channel whose activations cancel out has no shares, and no weight.
public struct XGradCAM: ClassActivationMapping {
  public var targetLayer: TargetLayer
  /// Added to each channel's sum, for every channel to have a weight; with 0 those that cancel out have none.
  public var epsilon: Float

  public init(targetLayer: TargetLayer = .automatic, epsilon: Float = 0) {
    self.targetLayer = targetLayer
    self.epsilon = epsilon
  }

  public func channelWeights(of layer: Layer, in session: ExplanationSession) throws -> Tensor {
    let a = try session.activation(at: layer), g = try session.gradient(at: layer)
    let (weighed, whole, size) = ((g * a).spatialSum(), a.spatialSum(), a.magnitudes().spatialSum())
    guard epsilon == 0 else { return weighed / (epsilon + whole) }
    // What is left of a sum whose addends are a million times as large is rounding.
    return weighed.dividedOrZero(by: whole.cleared(within: 1e-6 * size))
  }
}

extension XGradCAM {
  public static let descriptor = MethodDescriptor(
    "xgrad-cam", title: "XGrad-CAM", family: .cams,
    summary: "Regions whose features raise the score, gradients counting where the features are active.",
    citation: "Fu et al., BMVC 2020, arXiv:2008.02312", needs: [.gradients, .spatialLayer], prototype: XGradCAM(),
    parameters: [
      .layer(\.targetLayer),
      Parameter(
        "epsilon", \.epsilon, help: "what is added to each channel's sum, as other programs do",
        expected: "a number from 0 to 1"
      ) { (0...1).contains($0) },
    ])
}

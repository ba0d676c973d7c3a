public import AttributionKit
public import Tensors

/// RootCAM: Grad-CAM with evener weights, their square roots.
///
///     M = Σₖ wₖ Aₖ        wₖ = sign(aₖ) · √|aₖ|        aₖ = 1/Z Σᵢⱼ ∂y/∂Aₖᵢⱼ
///
/// It is of no paper: an example of a method.
public struct RootCAM: ClassActivationMapping {
  public var targetLayer: TargetLayer

  public init(targetLayer: TargetLayer = .automatic) { self.targetLayer = targetLayer }

  public func channelWeights(of layer: Layer, in session: ExplanationSession) throws -> Tensor {
    try session.gradient(at: layer).spatialMean().map { a in a < 0 ? -(-a).squareRoot() : a.squareRoot() }
  }
}

extension RootCAM {
  public static let descriptor = MethodDescriptor(
    "root-cam", title: "RootCAM", summary: "Regions whose features raise the score, strong and weak ones alike.",
    citation: "An example of Limn's", needs: [.gradients, .spatialLayer], prototype: RootCAM(),
    parameters: [.layer(\.targetLayer)])
}

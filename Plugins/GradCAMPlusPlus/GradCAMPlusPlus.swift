public import AttributionKit
public import Tensors

/// Grad-CAM++: positive gradients, weighed so that every instance of the class counts.
///
///     wₖ = Σᵢⱼ αₖᵢⱼ · max(0, ∂y/∂Aₖᵢⱼ),   αₖᵢⱼ = g² / (2g² + g³ Σₐᵦ Aₖₐᵦ)       (eqs. 7, 19)
///
/// Where the gradient `g` is positive a term is `g / (2 + g·ΣA)`, which needs no epsilon; elsewhere it is zero. The
/// paper assumes a layer after a rectifier: a channel with `ΣA < 0` keeps the printed equation, whose term changes
/// sign below `g·ΣA = −2`, and has no term where the denominator is zero.
public struct GradCAMPlusPlus: ClassActivationMapping {
  public var targetLayer: TargetLayer

  public init(targetLayer: TargetLayer = .automatic) { self.targetLayer = targetLayer }

  public func channelWeights(of layer: Layer, in session: ExplanationSession) throws -> Tensor {
    let gradient = try session.gradient(at: layer).rectified()
    let denominator = try 2 + session.activation(at: layer).spatialSum() * gradient
    return (gradient / denominator.map { $0 == 0 ? .infinity : $0 }).spatialSum()
  }
}

extension GradCAMPlusPlus {
  public static let descriptor = MethodDescriptor(
    "grad-cam++", title: "Grad-CAM++", family: .cams,
    summary: "Regions whose features raise the score, several instances included.",
    citation: "Chattopadhay et al., WACV 2018, arXiv:1710.11063", needs: [.gradients, .spatialLayer],
    prototype: GradCAMPlusPlus(), parameters: [.layer(\.targetLayer)])
}

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
  /// What `α` is: the printed equation, or what other programs make of it.
  public var alpha: PixelWeights
  /// Added to the denominator `2g² + g³ΣA`; the equation has none.
  public var epsilon: Float

  public init(targetLayer: TargetLayer = .automatic, alpha: PixelWeights = .printed, epsilon: Float = 0) {
    self.targetLayer = targetLayer
    self.alpha = alpha
    self.epsilon = epsilon
  }

  public func channelWeights(of layer: Layer, in session: ExplanationSession) throws -> Tensor {
    let g = try session.gradient(at: layer), a = try session.activation(at: layer)
    guard alpha == .printed, epsilon == 0 else {
      return (alpha.weights(g, a, epsilon: epsilon) * g.rectified()).spatialSum()
    }
    let positive = g.rectified(), denominator = 2 + a.spatialSum() * positive
    return positive.dividedOrZero(by: denominator).spatialSum()
  }
}

extension GradCAMPlusPlus {
  public static let descriptor = MethodDescriptor(
    "grad-cam++", title: "Grad-CAM++", family: .cams,
    summary: "Regions whose features raise the score, several instances included.",
    citation: "Chattopadhay et al., WACV 2018, arXiv:1710.11063", needs: [.gradients, .spatialLayer],
    prototype: GradCAMPlusPlus(),
    parameters: [
      .layer(\.targetLayer),
      Parameter(
        "alpha", \.alpha, help: "the weights of pixels: as printed, or as other programs have them",
        among: PixelWeights.allCases),
      Parameter(
        "epsilon", \.epsilon, help: "what is added to the denominator of the weights",
        expected: "a number from 0 to 1"
      ) { (0...1).contains($0) },
    ])
}

public import AttributionKit
public import Tensors

/// Eigen-CAM of what the features add to the score: where these contributions differ most.
///
///     M = (C − C̄) v,    C = ∂y/∂A ⊙ A,    v the first right singular vector of C − C̄
///
/// `C` has a row of channels for each place. The sign is the one that agrees with `Σₖ Cₖ`, the map of HiResCAM.
public struct EigenGradCAM: LayerMethod {
  public var targetLayer: TargetLayer

  public init(targetLayer: TargetLayer = .automatic) { self.targetLayer = targetLayer }

  public func map(on layer: Layer, in session: ExplanationSession) throws -> Tensor {
    try (session.gradient(at: layer) * session.activation(at: layer)).principalProjection()
  }
}

extension EigenGradCAM {
  public static let descriptor = MethodDescriptor(
    "eigengrad-cam", title: "EigenGrad-CAM", family: .cams,
    summary: "Regions where the features' contributions to the score stand out most.",
    citation: "Gildenblat, 2021, after Muhammad & Yeasin, IJCNN 2020, arXiv:2008.00299",
    needs: [.gradients, .spatialLayer], prototype: EigenGradCAM(), parameters: [.layer(\.targetLayer)])
}

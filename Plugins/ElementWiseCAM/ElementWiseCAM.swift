public import AttributionKit
public import Tensors

/// The element-wise form of Grad-CAM: at each place, the channels that speak for the score there.
///
///     M = Σₖ max(0, ∂y/∂Aₖ ⊙ Aₖ)
///
/// HiResCAM with the ReLU inside the sum, so that no channel can take back what another says.
public struct ElementWiseCAM: LayerMethod {
  public var targetLayer: TargetLayer

  public init(targetLayer: TargetLayer = .automatic) { self.targetLayer = targetLayer }

  public func map(on layer: Layer, in session: ExplanationSession) throws -> Tensor {
    try (session.gradient(at: layer) * session.activation(at: layer)).rectified().channelSum()
  }
}

extension ElementWiseCAM {
  public static let descriptor = MethodDescriptor(
    "elementwise-cam", title: "Element-wise Grad-CAM", family: .cams,
    summary: "Places where any feature raises the score, whatever others say against it.",
    citation: "Gildenblat, pytorch-grad-cam, 2022, after Selvaraju et al., ICCV 2017, arXiv:1610.02391",
    needs: [.gradients, .spatialLayer], prototype: ElementWiseCAM(), parameters: [.layer(\.targetLayer)])
}

public import AttributionKit
import GradCAMMethod
import GuidedBackpropagationMethod

/// Guided Grad-CAM: where Grad-CAM looks, in the detail that guided backpropagation shows.
public struct GuidedGradCAM: ComposedMethod {
  public var targetLayer: TargetLayer

  public init(targetLayer: TargetLayer = .automatic) { self.targetLayer = targetLayer }

  public var body: some AttributionMethod {
    GradCAM(targetLayer: targetLayer) * GuidedBackpropagation()
  }
}

extension GuidedGradCAM {
  public static let descriptor = MethodDescriptor(
    "guided-grad-cam", title: "Guided Grad-CAM", family: .gradients,
    summary: "The fine detail inside the regions that Grad-CAM finds.",
    citation: "Selvaraju et al., ICCV 2017, arXiv:1610.02391", needs: [.gradients, .spatialLayer, .guidedActivations],
    prototype: GuidedGradCAM(), parameters: [.layer(\.targetLayer)])
}

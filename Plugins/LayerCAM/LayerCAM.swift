public import AttributionKit
public import Tensors

/// Layer-CAM: each place of each channel counts by its own gradient, where that is positive.
///
///     M = Σₖ max(0, ∂y/∂Aₖ) ⊙ Aₖ                                              (eqs. 5, 6)
///
/// Unlike a mean over the channel, this stays sharp on shallow layers: `layers(layer-cam, …)` fuses several, as the paper
/// does. Its final ReLU is left to the display.
public struct LayerCAM: ChannelwiseMethod {
  public var targetLayer: TargetLayer

  public init(targetLayer: TargetLayer = .automatic) { self.targetLayer = targetLayer }

  public func contributions(on layer: Layer, in session: ExplanationSession) throws -> Tensor {
    let weights = try session.gradient(at: layer).rectified()
    return try weights * session.activation(at: layer)
  }
}

extension LayerCAM {
  public static let descriptor = MethodDescriptor(
    "layer-cam", title: "Layer-CAM", family: .cams,
    summary: "Places whose features raise the score, in detail on shallow layers.",
    citation: "Jiang et al., IEEE TIP 2021, doi:10.1109/TIP.2021.3089943", needs: [.gradients, .spatialLayer],
    prototype: LayerCAM(), parameters: [.layer(\.targetLayer)])
}

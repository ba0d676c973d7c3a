public import AttributionKit
public import Tensors

/// HiResCAM: each place of each channel counts by its own gradient, not by the channel's mean.
///
///     M = Σₖ ∂y/∂Aₖ ⊙ Aₖ
///
/// Where one linear layer follows the target layer, the map and the bias add up to the logit.
public struct HiResCAM: ChannelwiseMethod {
  public var targetLayer: TargetLayer

  public init(targetLayer: TargetLayer = .automatic) { self.targetLayer = targetLayer }

  public func contributions(on layer: Layer, in session: ExplanationSession) throws -> Tensor {
    try session.gradient(at: layer) * session.activation(at: layer)
  }
}

extension HiResCAM {
  public static let descriptor = MethodDescriptor(
    "hires-cam", title: "HiResCAM", family: .cams,
    summary: "Places whose features raise the score, each by its own gradient.",
    citation: "Draelos & Carin, 2020, arXiv:2011.08891", needs: [.gradients, .spatialLayer], prototype: HiResCAM(),
    parameters: [.layer(\.targetLayer)])
}

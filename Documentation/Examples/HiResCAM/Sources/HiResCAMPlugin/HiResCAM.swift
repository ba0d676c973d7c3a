public import AttributionKit
import Tensors

/// HiResCAM: each place of each channel counts by its own gradient, not by the channel's mean.
///
///     M = Σₖ ∂y/∂Aₖ ⊙ Aₖ
///
/// Source: Draelos and Carin, arXiv:2011.08891.
public struct HiResCAM: AttributionMethod {
  public var targetLayer: TargetLayer

  public init(targetLayer: TargetLayer = .automatic) { self.targetLayer = targetLayer }

  public func attribution(in session: ExplanationSession) throws -> Attribution {
    let layer = try targetLayer.resolve(in: session.model)
    let products = try session.gradient(at: layer) * session.activation(at: layer)
    return Attribution(products.channelSum(), at: layer)
  }
}

extension HiResCAM {
  public static let descriptor = MethodDescriptor(
    "hires-cam", title: "HiResCAM", summary: "Places whose features raise the score, each by its own gradient.",
    citation: "Draelos & Carin, 2020, arXiv:2011.08891", needs: [.gradients, .spatialLayer], prototype: HiResCAM(),
    parameters: [.layer(\.targetLayer)])
}

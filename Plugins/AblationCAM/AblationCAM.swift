public import AttributionKit
public import Tensors

/// Ablation-CAM: a channel matters as much as the share of the score that is lost without it.
///
///     wₖ = (y − y₋ₖ) / y                                                          (eqs. 3, 4)
///
/// `y₋ₖ` is the score with channel `k` set to zero; only the network after the layer is run for it.
public struct AblationCAM: ClassActivationMapping {
  public var targetLayer: TargetLayer

  public init(targetLayer: TargetLayer = .automatic) { self.targetLayer = targetLayer }

  /// Zero for a score of zero, of which there are no shares.
  ///
  /// - Throws: ``AttributionError/cannotResume(after:)``.
  public func channelWeights(of layer: Layer, in session: ExplanationSession) throws -> Tensor {
    let y = session.score.value
    let ablated = try session.scores(removingChannelsOf: layer)
    return Tensor(ablated.map { y == 0 ? 0 : (y - $0) / y }, shape: [layer.shape[0]])
  }

  public func facts(on layer: Layer, in session: ExplanationSession) throws -> [Fact] {
    switch session.score.value {
    case 0: [.remark("the score is 0, so that no channel has a share in it")]
    case ..<0: [.remark("the score is negative, so that channels that raise it have negative weights")]
    default: []
    }
  }

  /// A pass of the network after the layer for each of its channels.
  public func cost(on model: (any ModelAdapter)?) -> Cost {
    guard let model, let layer = try? targetLayer.resolve(in: model) else { return .resumed(per: .channel) }
    return .resumed(layer.shape[0], after: layer, of: model)
  }
}

extension AblationCAM {
  public static let descriptor = MethodDescriptor(
    "ablation-cam", title: "Ablation-CAM", family: .cams,
    summary: "Regions whose features the score cannot do without; no gradients.",
    citation: "Desai & Ramaswamy, WACV 2020, doi:10.1109/WACV45572.2020.9093360", needs: [.spatialLayer],
    prototype: AblationCAM(), parameters: [.layer(\.targetLayer)])
}

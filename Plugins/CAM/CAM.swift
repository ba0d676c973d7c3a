public import AttributionKit
public import Tensors

/// Class activation mapping: the classifier's own weights are the importance of each channel.
///
///     M = Σₖ wₖ Aₖ                                                            (eq. 2)
///
/// Only defined where global average pooling and a single linear layer follow the target layer.
public struct CAM: ClassActivationMapping {
  public var targetLayer: TargetLayer

  public init(targetLayer: TargetLayer = .automatic) { self.targetLayer = targetLayer }

  /// - Throws: ``AttributionError/noLinearHead(after:)``.
  public func channelWeights(of layer: Layer, in session: ExplanationSession) throws -> Tensor {
    guard let model = session.model as? any PooledLinearModel else { throw AttributionError.noLinearHead(after: layer) }
    return try model.pooledLinearWeights(of: session.score.cotangents, after: layer)
  }

  /// None: the weights are read off the network.
  public func cost(on model: (any ModelAdapter)?) -> Cost { .zero }
}

extension CAM {
  public static let descriptor = MethodDescriptor(
    "cam", title: "CAM", family: .cams,
    summary: "Regions that a pooled linear classifier counts towards the score, exactly.",
    citation: "Zhou et al., CVPR 2016, arXiv:1512.04150", needs: [.spatialLayer, .pooledLinearHead], prototype: CAM(),
    parameters: [.layer(\.targetLayer)])
}

public import AttributionKit
public import Tensors

/// Eigen-CAM: where the layer's features differ most, whatever the score.
///
///     M = (A − Ā) v,    A − Ā = U Σ Vᵀ, v the first column of V
///
/// `A` has a row of channels for each place. Its mean over the places is taken out, or the first component would be
/// that mean; the sign is the one that agrees with the sum of the channels.
public struct EigenCAM: LayerMethod {
  public var targetLayer: TargetLayer

  public init(targetLayer: TargetLayer = .automatic) { self.targetLayer = targetLayer }

  public func map(on layer: Layer, in session: ExplanationSession) throws -> Tensor {
    try session.activation(at: layer).principalProjection()
  }

  /// None: the activation is at hand.
  public func cost(on model: (any ModelAdapter)?) -> Cost { .zero }
}

extension EigenCAM {
  public static let descriptor = MethodDescriptor(
    "eigen-cam", title: "Eigen-CAM", family: .cams,
    summary: "Regions whose features stand out most from the rest of the image; the same for every class.",
    citation: "Muhammad & Yeasin, IJCNN 2020, arXiv:2008.00299", needs: [.spatialLayer], prototype: EigenCAM(),
    parameters: [.layer(\.targetLayer)])
}

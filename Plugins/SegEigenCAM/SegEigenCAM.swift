public import AttributionKit
public import Tensors

/// Seg-Eigen-CAM: Eigen-CAM of features that count by how much the score depends on them, made for segmentations.
///
///     M = (C − C̄) v,    C = |∂y/∂A| ⊙ A,    v the first right singular vector of C − C̄         (eqs. 10–12)
///
/// The sign is the paper's: the one that makes the place of the greatest size positive (eq. 13).
public struct SegEigenCAM: LayerMethod {
  public var targetLayer: TargetLayer

  public init(targetLayer: TargetLayer = .automatic) { self.targetLayer = targetLayer }

  public func map(on layer: Layer, in session: ExplanationSession) throws -> Tensor {
    let a = try session.activation(at: layer)
    let map = try (session.gradient(at: layer).magnitudes() * a).principalProjection()
    let greatest = map.scalars.reduce(Float(0)) { abs($1) > abs($0) ? $1 : $0 }
    return greatest < 0 ? -map : map
  }
}

extension SegEigenCAM {
  public static let descriptor = MethodDescriptor(
    "seg-eigen-cam", title: "Seg-Eigen-CAM", family: .cams,
    summary: "Regions whose features stand out most, those that the score depends on counting more.",
    citation: "Chung & Ying, Applied Sciences 15, 2025, doi:10.3390/app15137562", needs: [.gradients, .spatialLayer],
    prototype: SegEigenCAM(), parameters: [.layer(\.targetLayer)])
}

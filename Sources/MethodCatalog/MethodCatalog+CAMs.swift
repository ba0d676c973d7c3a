import AttributionKit
@_exported public import AblationCAMMethod
@_exported public import CAMMethod
@_exported public import GradCAMMethod
@_exported public import GradCAMPlusPlusMethod
@_exported public import HiResCAMMethod
@_exported public import LayerCAMMethod
@_exported public import ScoreCAMMethod

extension MethodCatalog {
  /// Weighted sums of a layer's channels.
  static let cams: [MethodDescriptor] = [
    CAM.descriptor,
    GradCAM.descriptor,
    GradCAMPlusPlus.descriptor,
    HiResCAM.descriptor,
    LayerCAM.descriptor,
    AblationCAM.descriptor,
    ScoreCAM.descriptor,
  ]
}

import AttributionKit
@_exported public import AblationCAMMethod
@_exported public import CAMMethod
@_exported public import EigenCAMMethod
@_exported public import EigenGradCAMMethod
@_exported public import ElementWiseCAMMethod
@_exported public import FEMMethod
@_exported public import FinerCAMMethod
@_exported public import FullGradMethod
@_exported public import GradCAMMethod
@_exported public import GradCAMPlusPlusMethod
@_exported public import GroupCAMMethod
@_exported public import HiResCAMMethod
@_exported public import ISCAMMethod
@_exported public import KPCACAMMethod
@_exported public import LIFTCAMMethod
@_exported public import LayerCAMMethod
@_exported public import OptiCAMMethod
@_exported public import PolyCAMMethod
@_exported public import ReciproCAMMethod
@_exported public import RefineCAMMethod
@_exported public import RelevanceCAMMethod
@_exported public import SSCAMMethod
@_exported public import ScoreCAMMethod
@_exported public import SegEigenCAMMethod
@_exported public import ShapleyCAMMethod
@_exported public import XGradCAMMethod

extension MethodCatalog {
  /// Weighted sums of a layer's channels.
  static let cams: [MethodDescriptor] = [
    CAM.descriptor,
    GradCAM.descriptor,
    GradCAMPlusPlus.descriptor,
    HiResCAM.descriptor,
    LayerCAM.descriptor,
    XGradCAM.descriptor,
    ElementWiseCAM.descriptor,
    EigenCAM.descriptor,
    EigenGradCAM.descriptor,
    SegEigenCAM.descriptor,
    KPCACAM.descriptor,
    FEM.descriptor,
    FinerCAM.descriptor,
    RefineCAM.descriptor,
    RelevanceCAM.descriptor,
    FullGrad.descriptor,
    ShapleyCAM.descriptor,
    LIFTCAM.descriptor,
    ReciproCAM.descriptor,
    AblationCAM.descriptor,
    GroupCAM.descriptor,
    ScoreCAM.descriptor,
    SSCAM.descriptor,
    ISCAM.descriptor,
    PolyCAM.descriptor,
    OptiCAM.descriptor,
  ]
}

import AttributionKit
@_exported public import AnchorsMethod
@_exported public import DRISEMethod
@_exported public import HSICMethod
@_exported public import KernelSHAPMethod
@_exported public import LIMEMethod
@_exported public import MFPPMethod
@_exported public import OcclusionMethod
@_exported public import RISEMethod
@_exported public import SBSMMethod
@_exported public import SobolMethod

extension MethodCatalog {
  /// Scores of changed images.
  static let perturbation: [MethodDescriptor] = [
    Occlusion.descriptor,
    SBSM.descriptor,
    RISE.descriptor,
    DRISE.descriptor,
    MFPP.descriptor,
    LIME.descriptor,
    KernelSHAP.descriptor,
    Anchors.descriptor,
    Sobol.descriptor,
    HSIC.descriptor,
  ]
}

public import AttributionKit
@_exported public import AblationCAMMethod
@_exported public import CAMMethod
@_exported public import DeconvNetMethod
@_exported public import GradCAMMethod
@_exported public import GradCAMPlusPlusMethod
@_exported public import GradientMethod
@_exported public import GuidedBackpropagationMethod
@_exported public import GuidedGradCAMMethod
@_exported public import HiResCAMMethod
@_exported public import InputXGradientMethod
@_exported public import IntegratedGradientsMethod
@_exported public import LayerCAMMethod
@_exported public import OcclusionMethod
@_exported public import RandomMethod
@_exported public import ScoreCAMMethod

/// The methods built in, in the order they are listed to users.
public enum MethodCatalog {
  public static let methods: [MethodDescriptor] = [
    CAM.descriptor,
    GradCAM.descriptor,
    GradCAMPlusPlus.descriptor,
    HiResCAM.descriptor,
    LayerCAM.descriptor,
    GuidedGradCAM.descriptor,
    GuidedBackpropagation.descriptor,
    DeconvNet.descriptor,
    Gradient.descriptor,
    InputXGradient.descriptor,
    IntegratedGradients.descriptor,
    AblationCAM.descriptor,
    ScoreCAM.descriptor,
    Occlusion.descriptor,
    Random.descriptor,
  ]

  /// Those that need no passes but the ones that methods compared side by side share.
  public static var quick: [MethodDescriptor] { methods.filter { $0.cost().isShared } }
}

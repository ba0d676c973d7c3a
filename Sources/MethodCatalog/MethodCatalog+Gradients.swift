import AttributionKit
@_exported public import BlurIGMethod
@_exported public import ConductanceMethod
@_exported public import DeconvNetMethod
@_exported public import DeepLiftMethod
@_exported public import DeepShapMethod
@_exported public import ExpectedGradientsMethod
@_exported public import ExtremalPerturbationMethod
@_exported public import GradientMethod
@_exported public import GuidedBackpropagationMethod
@_exported public import GuidedGradCAMMethod
@_exported public import GuidedIGMethod
@_exported public import InputXGradientMethod
@_exported public import IntegratedGradientsMethod
@_exported public import XRAIMethod

extension MethodCatalog {
  /// Gradients of the score by the pixels, and what is made of them.
  static let gradients: [MethodDescriptor] = [
    GuidedGradCAM.descriptor,
    GuidedBackpropagation.descriptor,
    DeconvNet.descriptor,
    Gradient.descriptor,
    InputXGradient.descriptor,
    IntegratedGradients.descriptor,
    BlurIG.descriptor,
    GuidedIG.descriptor,
    ExpectedGradients.descriptor,
    Conductance.descriptor,
    DeepLift.descriptor,
    DeepShap.descriptor,
    XRAI.descriptor,
    ExtremalPerturbation.descriptor,
  ]
}

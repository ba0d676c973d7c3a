public import AttributionKit
import AblationCAMMethod
import CAMMethod
import DeconvNetMethod
import GradCAMMethod
import GradCAMPlusPlusMethod
import GradientMethod
import GuidedBackpropagationMethod
import GuidedGradCAMMethod
import HiResCAMMethod
import InputXGradientMethod
import IntegratedGradientsMethod
import LayerCAMMethod
import OcclusionMethod
import RandomMethod
import ScoreCAMMethod

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

public import AttributionKit
import CAMPlugin
import DeconvNetPlugin
import GradCAMPlugin
import GradCAMPlusPlusPlugin
import GradientPlugin
import GuidedBackpropagationPlugin
import GuidedGradCAMPlugin
import InputXGradientPlugin
import RandomPlugin

/// The methods built in, in the order they are listed to users.
public enum MethodCatalog {
  public static let methods: [MethodDescriptor] = [
    CAM.descriptor,
    GradCAM.descriptor,
    GradCAMPlusPlus.descriptor,
    GuidedGradCAM.descriptor,
    GuidedBackpropagation.descriptor,
    DeconvNet.descriptor,
    Gradient.descriptor,
    InputXGradient.descriptor,
    Random.descriptor,
  ]
}

import AblationCAMMethod
import AttributionKit
import DeconvNetMethod
import GradCAMMethod
import GradCAMPlusPlusMethod
import GradientMethod
import GuidedBackpropagationMethod
import GuidedGradCAMMethod
import IntegratedGradientsMethod
import Tensors
import TestSupport
import Testing

/// Against float64 numbers of independent implementations, on a network whose weights are a formula.
@Suite(.enabled(if: TestData.isAvailable, "\(TestData.remedy)")) struct ClosedFormMethodTests {
  let reference: ClosedFormReference
  let session: ExplanationSession
  let layer: Layer

  init() throws {
    reference = try ClosedFormReference.load()
    let network = try reference.network()
    session = try ExplanationSession(of: network, on: reference.input(), for: .prediction)
    layer = try TargetLayer.matching("relu2").resolve(in: network)
  }

  @Test func `the network computes the reference's logits, activation and gradient`() throws {
    #expect(session.logits.distance(to: Tensor(reference.logits, shape: [3])) < 1e-4)
    #expect(try session.activation(at: layer).distance(to: reference.activationTensor) < 1e-4)
    #expect(try session.gradient(at: layer).distance(to: reference.gradientTensor) < 1e-4)
  }

  @Test(
    arguments: [
      ("gradcam (mean weights, pre-ReLU)", GradCAM(), false), ("gradcam (ReLU)", GradCAM(), true),
      ("gradcam counterfactual", GradCAM(counterfactual: true), true),
      ("gradcam++ paper eq.19", GradCAMPlusPlus(), true), ("ablationcam (ReLU)", AblationCAM(), true),
    ] as [(String, any AttributionMethod, Bool)]) func `maps agree`(
      name: String, method: any AttributionMethod, isRectified: Bool
    ) throws
  {
    let expected = try #require(reference.map(name)), map = try method.attribution(in: session)
    #expect(map.layer == layer)
    #expect((isRectified ? map.values.rectified() : map.values).distance(to: expected) < 1e-4)
  }

  @Test(
    arguments: [("plain", Gradient()), ("guided", GuidedBackpropagation()), ("deconv", DeconvNet())]
      as [(String, any AttributionMethod)]) func `pixel attributions agree`(
      name: String, method: any AttributionMethod
    ) throws
  {
    let expected = try #require(reference.inputGradient(name))
    #expect(try method.attribution(in: session).values.distance(to: expected) < 1e-4)
  }

  @Test func `integrated gradients agree`() throws {
    let values = try IntegratedGradients(baseline: .zero).attribution(in: session).values
    #expect(values.distance(to: reference.integratedGradientsTensor) < 1e-4)
  }

  @Test func `Ablation-CAM's weights agree`() throws {
    let weights = try AblationCAM().channelWeights(of: layer, in: session)
    #expect(weights.distance(to: Tensor(reference.ablationWeights, shape: [4])) < 1e-4)
  }

  @Test func `Guided Grad-CAM agrees`() throws {
    let product = try GuidedGradCAM().attribution(in: session).values
    #expect(product.distance(to: reference.guidedGradCAMTensor) < 1e-4)
  }
}

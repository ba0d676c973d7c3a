import AttributionKit
import ExcitationBackpropMethod
import FEMMethod
import GradCAMPlusPlusMethod
import HSICMethod
import IntegratedGradientsMethod
import Tensors
import TestSupport
import Testing
import XGradCAMMethod

/// Where other libraries depart from the papers, with the settings that do the same: their own numbers.
@Suite struct CompatibilityTests {
  private func peer(_ name: String, _ shape: [Int]) -> Tensor {
    Tensor(compatibilityReferences[name] ?? [], shape: shape)
  }

  /// Within 1e-5 of the largest magnitude.
  private func expectClose(
    _ values: Tensor, _ expected: Tensor, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let size = expected.magnitudes().scalars.max() ?? 0
    #expect(size > 0 && values.distance(to: expected) < 1e-5 * size, sourceLocation: sourceLocation)
  }

  /// A part of a class's logit, whose gradients are so small that an epsilon shows.
  private struct Part: Target {
    let factor: Float

    func score(of outputs: Outputs) throws -> Score {
      let logit = try ClassLogit(index: 1).score(of: outputs)
      let cotangent = factor * (logit.cotangents.explained ?? outputs.logits)
      return Score(value: factor * logit.value, cotangent: cotangent, classIndex: 1)
    }
  }

  private func weights(_ alpha: PixelWeights, epsilon: Float = 0, of factor: Float = 1) throws -> Tensor {
    let session = try referenceSession().retargeted(to: Part(factor: factor))
    let layer = try TargetLayer.automatic.resolve(in: session.model)
    return try GradCAMPlusPlus(alpha: alpha, epsilon: epsilon).channelWeights(of: layer, in: session)
  }

  @Test func `Grad-CAM++ with pytorch-grad-cam's epsilon`() throws {
    let expected = peer("pytorch-grad-cam grad-cam++", [4])
    expectClose(try weights(.printed, epsilon: 1e-6, of: 1e-3), expected)
    #expect(try weights(.printed, of: 1e-3).distance(to: expected) > 1e-5, "as printed it is another")
  }

  @Test func `Grad-CAM++ without torch-cam's division, and with xplique's mean`() throws {
    expectClose(try weights(.squared), peer("torch-cam grad-cam++", [4]))
    expectClose(try weights(.mean), peer("xplique grad-cam++", [4]))
    #expect(try weights(.mean).distance(to: weights(.printed)) > 1e-2)
  }

  @Test func `Grad-CAM++ with tf-keras-vis' normalised weights`() throws {
    let session = try referenceSession().retargeted(to: Part(factor: 0.1))
    let map = try GradCAMPlusPlus(alpha: .normalized).attribution(in: session).values.rectified()
    expectClose(map, peer("tf-keras-vis grad-cam++", [4, 4]))
  }

  @Test func `what is printed is one way of writing it`() throws {
    let session = try referenceSession(), layer = try TargetLayer.automatic.resolve(in: session.model)
    let g = try session.gradient(at: layer), a = try session.activation(at: layer)
    let general = (PixelWeights.printed.weights(g, a, epsilon: 0) * g.rectified()).spatialSum()
    expectClose(try weights(.printed), general)
  }

  @Test(arguments: [("pytorch-grad-cam", 1e-7), ("torch-cam", 1e-8)] as [(String, Float)])
  func `XGrad-CAM with an epsilon`(library: String, epsilon: Float) throws {
    let gradient = peer("near nothing gradient", [1, 64]), input = peer("near nothing", [4, 4, 4])
    let network = ChainNetwork(
      input: [4, 4, 4], [.linear("logits", weights: gradient, bias: Tensor([0], shape: [1]))])
    let session = try ExplanationSession(of: network, on: input, for: .logit(0))
    let weights = try XGradCAM(epsilon: epsilon).channelWeights(of: network.input, in: session)
    expectClose(weights, peer("\(library) xgrad-cam", [4]))
    #expect(try XGradCAM().channelWeights(of: network.input, in: session).distance(to: weights) > 1e-3)
  }

  @Test func `FEM with pytorch-grad-cam's shares`() throws {
    let map = try FEM(deviations: 1, form: .shares).attribution(in: referenceSession()).values
    expectClose(map, peer("pytorch-grad-cam fem", [4, 4]))
  }

  @Test func `integrated gradients by xplique's trapezoid, and by captum from zero`() throws {
    let session = try referenceSession()
    func map(_ rule: QuadratureRule) throws -> Tensor {
      try IntegratedGradients(steps: 6, baseline: .zero, rule: rule).attribution(in: session).values
    }
    expectClose(try map(.trapezoid), peer("xplique integrated-gradients", [2, 8, 8]))
    expectClose(try map(.gaussLegendre), peer("captum integrated-gradients", [2, 8, 8]))
  }

  @Test(arguments: QuadratureRule.allCases) func `every rule takes the integral of a line`(rule: QuadratureRule) throws
  {
    let linear = ChainNetwork(
      input: [1, 2, 2], [.linear("logits", weights: .scattered([1, 4], 0.3), bias: Tensor([0.2], shape: [1]))])
    let map = try IntegratedGradients(steps: 3, baseline: .zero, rule: rule)
      .attribution(in: session(of: linear, for: .logit(0)))
    #expect(abs(try #require(map.completeness).error) < 1e-6)
  }

  @Test func `HSIC with xplique's width`() throws {
    let choices = Tensor.scattered([40, 2, 2], 0.61803).map { $0 > 0 ? 1 : 0 }
    let masks = (0..<40).map { choices.channel($0) }
    let scores = peer("hsic scores", [40]).scalars
    expectClose(HSIC.dependence(of: scores, on: masks, .scores), peer("xplique hsic", [2, 2]))
    #expect(HSIC.dependence(of: scores, on: masks).distance(to: peer("xplique hsic", [2, 2])) > 1e-3)
  }

  @Test func `excitation backpropagation with zennit's biases`() throws {
    func map(bias: Bool) throws -> Tensor {
      try ExcitationBackprop(targetLayer: .matching("relu1"), includesBias: bias)
        .attribution(in: referenceSession()).values
    }
    expectClose(try map(bias: true), peer("zennit excitation-backprop", [8, 8]))
    #expect(try map(bias: false).distance(to: map(bias: true)) > 1e-3)
  }
}

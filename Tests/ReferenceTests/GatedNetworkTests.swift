import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import MethodCatalog
import Tensors
import TestSupport
import Testing

/// Methods that look into the network after the layer, on a gate as exporters spell it: a sigmoid and a product.
@Suite struct GatedNetworkTests {
  private func network() throws -> GraphModel {
    let geometry = ConvolutionGeometry(
      strides: [1, 1], dilations: [1, 1], paddingBefore: [1, 1], paddingAfter: [1, 1], groups: 1)
    return try GraphModel(
      Graph(
        inputs: [.init("image", shape: [1, 2, 5, 5])],
        nodes: [
          Node(Convolution(geometry), ["image", "w"], to: "conv"),
          Node(ElementwiseFunction(.sigmoid), ["conv"], to: "gate"),
          Node(Arithmetic(.multiply), ["conv", "gate"], to: "silu"),
          Node(GlobalAveragePool(), ["silu"], to: "average"), Node(Reshape(to: [1, 3]), ["average"], to: "mean"),
          Node(Linear(), ["mean", "head"], to: "logits"),
        ],
        constants: [
          "w": NDArray(.scattered([3, 2, 3, 3], 0.61803)).asConstant(),
          "head": NDArray(.scattered([3, 4], 0.73205)).asConstant(),
        ], outputs: ["logits"]))
  }

  private func session() throws -> ExplanationSession {
    try ExplanationSession(of: network(), on: .ramp([2, 5, 5]), for: .logit(2))
  }

  @Test func `LIFT-CAM's rescale rule takes a gate as one function`() throws {
    let session = try session(), layer = try TargetLayer.matching("conv").resolve(in: session.model)
    let empty = try session.scores(of: 1, replacing: layer) { _ in Tensor(repeating: 0, shape: layer.shape) }[0]
    let weights = try LIFTCAM().channelWeights(of: layer, in: session)
    #expect(abs(weights.scalars.reduce(0, +) - (session.score.value - empty)) < 1e-4)
    #expect(try LIFTCAM(targetLayer: .matching("conv")).attribution(in: session).remarks.isEmpty)
  }

  /// `y = Σₖ vₖ/25 Σₚ s(aₖₚ)` with `s(a) = a σ(a)`: the Hessian is diagonal and known.
  @Test func `Shapley-CAM's Hessian is that of the gate`() throws {
    let session = try session(), layer = try TargetLayer.matching("conv").resolve(in: session.model)
    let a = try session.activation(at: layer)
    func sigmoid(_ x: Double) -> Double { Double(Tensor([Float(x)], shape: [1]).sigmoid().scalars[0]) }
    let expected = (0..<3).map { k in
      (0..<25).reduce(0.0) { sum, p in
        let x = Double(a.scalars[k * 25 + p]), s = sigmoid(x)
        let slope = s + x * s * (1 - s), bend = s * (1 - s) * (2 + x * (1 - 2 * s))
        return sum + (slope - 0.5 * bend * x) / 25
      } * Double(Tensor.scattered([3, 4], 0.73205).scalars[k * 4 + 2]) / 25
    }
    let weights = try ShapleyCAM().channelWeights(of: layer, in: session).scalars
    for k in 0..<3 { #expect(abs(Double(weights[k]) - expected[k]) < 1e-5) }
  }

  @Test func `FullGrad leaves nothing of the score over`() throws {
    let completeness = try #require(try FullGrad().attribution(in: session()).completeness)
    #expect(abs(completeness.error) < 1e-5 && abs(completeness.expected) > 0.01)
  }
}

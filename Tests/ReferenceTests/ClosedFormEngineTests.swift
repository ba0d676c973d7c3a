import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import MethodCatalog
import Tensors
import TestSupport
import Testing

/// The closed-form network once more, through the engine.
@Suite(.enabled(if: TestData.isAvailable, "\(TestData.remedy)"))
struct ClosedFormEngineTests {
  @Test func `the engine computes the reference's numbers`() throws {
    let reference = try ClosedFormReference.load()
    let model = try GraphModel(graph(of: reference))
    let session = try ExplanationSession(of: model, on: reference.input(), for: .prediction)
    let layer = try TargetLayer.matching("relu2").resolve(in: model)
    #expect(model.automaticLayer?.layer == layer)
    #expect(session.logits.deviation(from: Tensor(reference.logits, shape: [3])) < 1e-4)
    #expect(try session.activation(at: layer).deviation(from: reference.activationTensor) < 1e-4)
    #expect(try session.gradient(at: layer).deviation(from: reference.gradientTensor) < 1e-4)

    func values(_ identifier: String) throws -> Tensor {
      let descriptor = try #require(MethodCatalog.methods.first { $0.identifier == identifier })
      return try descriptor.method().attribution(in: session).values
    }
    for (identifier, name) in [("gradient", "plain"), ("guided-backprop", "guided"), ("deconvnet", "deconv")] {
      let expected = try #require(reference.inputGradient(name))
      #expect(try values(identifier).deviation(from: expected) < 1e-4, "\(identifier)")
    }
    let gradCAM = try #require(reference.map("gradcam (mean weights, pre-ReLU)"))
    #expect(try values("grad-cam").deviation(from: gradCAM) < 1e-4)
    let plusPlus = try #require(reference.map("gradcam++ paper eq.19"))
    #expect(try values("grad-cam++").rectified().deviation(from: plusPlus) < 1e-4)
    #expect(try values("guided-grad-cam").deviation(from: reference.guidedGradCAMTensor) < 1e-4)
  }

  private func graph(of reference: ClosedFormReference) throws -> Graph {
    let geometry = ConvolutionGeometry(padding: 1)
    let pooling = PoolingGeometry(
      kernel: [2, 2], strides: [2, 2], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0])
    let shapes = [
      "conv1.weight": [3, 2, 3, 3], "conv1.bias": [3], "conv2.weight": [4, 3, 3, 3], "conv2.bias": [4],
      "fc.weight": [3, 64], "fc.bias": [3],
    ]
    var constants: [String: NDArray] = [:]
    for (name, shape) in shapes { constants[name] = NDArray(try reference.array(name, shape)).asConstant() }
    return Graph(
      inputs: [.init("image", shape: [1, 2, 8, 8])],
      nodes: [
        Node(Convolution(geometry), ["image", "conv1.weight", "conv1.bias"], to: "conv1"),
        Node(ElementwiseFunction(.relu), ["conv1"], to: "relu1"),
        Node(MaxPool(pooling, ceilMode: false), ["relu1"], to: "pool"),
        Node(Convolution(geometry), ["pool", "conv2.weight", "conv2.bias"], to: "conv2"),
        Node(ElementwiseFunction(.relu), ["conv2"], to: "relu2"), Node(Reshape(to: [1, 64]), ["relu2"], to: "flat"),
        Node(Linear(transposesWeights: true), ["flat", "fc.weight", "fc.bias"], to: "logits"),
      ], constants: constants, outputs: ["logits"])
  }
}

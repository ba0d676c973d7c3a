import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct ModelEngineTests {
  /// conv → ReLU → pooling → linear, for a number of images.
  private static func network(_ images: Int) -> Graph {
    Graph(
      inputs: [.init("image", shape: [images, 3, 8, 8])],
      nodes: [
        Node(Convolution(ConvolutionGeometry(padding: 1)), ["image", "w"], to: "conv"),
        Node(ElementwiseFunction(.relu), ["conv"], to: "relu"), Node(GlobalAveragePool(), ["relu"], to: "pool"),
        Node(Reshape(to: [images, 16]), ["pool"], to: "flat"), Node(Linear(), ["flat", "m"], to: "logits"),
      ],
      constants: [
        "w": NDArray(.scattered([16, 3, 3, 3], 0.61803)).asConstant(),
        "m": NDArray(.scattered([16, 4], 0.73205)).asConstant(),
      ], outputs: ["logits"])
  }

  @Test func `whatever is asked of a network, it computes on its own engine`() throws {
    let engine = Engine(threads: 2), other = Engine(threads: 2)
    let model = try GraphModel(Self.network(1), engine: engine) { Self.network($0) }
    #expect(model.engine === engine)
    // An engine around everything would be used by whatever forgot the network's own.
    try other.run {
      let image = Tensor.ramp([3, 8, 8])
      let session = try ExplanationSession(of: model, on: image, for: .prediction)
      let layer = try TargetLayer.automatic.resolve(in: model)
      let gradient = try session.gradient(at: layer)
      _ = try (session.activation(at: layer), session.inputGradient())
      _ = try session.scores(of: 3) { Float($0 + 1) * image }
      _ = try session.scores(of: 3, replacing: layer) { Float($0) * gradient }
      _ = try session.scores(removingChannelsOf: layer)
      try session.inputGradients(of: 3, images: { Float($0 + 1) * image }) { _, gradient in
        #expect(gradient.shape == image.shape)
      }
    }
    #expect(engine.retainedKernels > 0 && engine.memory.retainedBytes > 0)
    #expect(other.retainedKernels == 0 && other.memory.retainedBytes == 0)
  }
}

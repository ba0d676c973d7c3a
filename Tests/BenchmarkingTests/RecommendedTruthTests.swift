import AttributionKit
import Benchmarking
import Evaluating
import Explaining
import GraphAdapter
import GraphEngine
import Kernels
import MethodCatalog
import Tensors
import TestSupport
import Testing

/// What `recommend` makes of networks of which the truth is known.
@Suite struct RecommendedTruthTests {
  @Test func `on a network that goes by a watermark, a method is recommended that finds it`() throws {
    let task = Watermark(count: 8)
    let explainer = try Explainer(OpenedModel(try Watermark.model), of: NetworkFile("watermark.net"))
    let pictures = task.images.enumerated().map { Picture($1.image, named: "scene\($0)") }
    let recommendation = try explainer.recommend(
      pictures, asking: Question([.classes("0")]),
      among: explainer.methods("gradient, input-x-gradient, grad-cam, eigen-cam, full-grad"))
    let method = try #require(recommendation.method, "\(recommendation.sentences)")
    let score = try #require(try Benchmark(of: [method], on: [task]).score(of: 0, on: 0))
    #expect(score > 0.7, "\(method.identifier)")
    // The channel that varies most is the colourful object's.
    let eigen = try Benchmark(of: explainer.methods("eigen-cam"), on: [task]).score(of: 0, on: 0)
    #expect(try #require(eigen) < score)
  }

  /// Everything goes through one channel, behind which weights are above zero: they scale what guided backpropagation hands
  /// back, and decide nothing.
  @Test func `guided backpropagation is dropped where its map ignores the weights of the later layers`() throws {
    let model = try GraphModel(
      Graph(
        inputs: [.init("image", shape: [1, 3, 8, 8])],
        nodes: [
          Node(Convolution(ConvolutionGeometry(stride: 1, padding: 1)), ["image", "w1"], to: "conv1"),
          Node(ElementwiseFunction(.relu), ["conv1"], to: "relu1"),
          Node(Convolution(ConvolutionGeometry()), ["relu1", "w2"], to: "conv2"),
          Node(ElementwiseFunction(.relu), ["conv2"], to: "relu2"), Node(GlobalAveragePool(), ["relu2"], to: "pool"),
          Node(Reshape(to: [1, 4]), ["pool"], to: "flat"), Node(Linear(), ["flat", "w3"], to: "logit"),
        ],
        constants: [
          "w1": NDArray(.scattered([1, 3, 3, 3], 0.61803)).asConstant(),
          "w2": NDArray(Tensor([0.2, 0.5, 1, 1.5], shape: [4, 1, 1, 1])).asConstant(),
          "w3": NDArray(Tensor([0.3, 0.6, 0.9, 1.2], shape: [4, 1])).asConstant(),
        ], outputs: ["logit"]))
    let explainer = try Explainer(OpenedModel(model), of: NetworkFile("narrow.net"))
    let pictures = (0..<6).map { Picture(Tensor.scattered([3, 8, 8], 0.3 + 0.07 * Float($0)), named: "noise\($0)") }
    let recommendation = try explainer.recommend(pictures, among: explainer.methods("guided-backprop"))
    let reason = try #require(recommendation.dropped.first { $0.method.identifier == "guided-backprop" }?.reason)
    #expect(reason.hasPrefix("its map stays when the weights of the later layers are random"), "\(reason)")
    #expect(recommendation.method == nil)
  }
}

import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import TestSupport
import Testing

/// conv → ReLU → conv → sum with a shortcut → ReLU → max pooling → pooling → linear, for a number of images.
private func network(_ images: Int) -> Graph {
  let geometry = ConvolutionGeometry(stride: 1, padding: 1)
  let pooling = PoolingGeometry(
    kernel: [2, 2], strides: [2, 2], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0])
  return Graph(
    inputs: [.init("image", shape: [images, 3, 40, 40])],
    nodes: [
      Node(Convolution(geometry), ["image", "w1"], to: "conv1"),
      Node(ElementwiseFunction(.relu), ["conv1"], to: "relu1"),
      Node(Convolution(geometry), ["relu1", "w2"], to: "conv2"), Node(Arithmetic(.add), ["conv2", "relu1"], to: "sum"),
      Node(ElementwiseFunction(.relu), ["sum"], to: "relu2"),
      Node(MaxPool(pooling, ceilMode: false), ["relu2"], to: "small"), Node(GlobalAveragePool(), ["small"], to: "pool"),
      Node(Reshape(to: [images, 32]), ["pool"], to: "flat"), Node(Linear(), ["flat", "m"], to: "logits"),
    ],
    constants: [
      "w1": NDArray(.scattered([32, 3, 3, 3], 0.61803)).asConstant(),
      "w2": NDArray(0.1 * .scattered([32, 32, 3, 3], 0.41421)).asConstant(),
      "m": NDArray(.scattered([32, 4], 0.73205)).asConstant(),
    ], outputs: ["logits"])
}

@Suite struct WindowTests {
  let sample = Tensor.scattered([3, 40, 40], 0.5772), cover = Tensor.scattered([3, 40, 40], 0.9159)
  let windows = (0..<23).map { index in
    let (top, left) = (index * 7 % 38, index * 11 % 37)
    return ImageGrid.Window(rows: top..<min(top + 6, 40), columns: left..<min(left + 5, 40))
  }

  @Test(arguments: [true, false]) func `covering windows in patches gives the scores of whole images`(
    batched: Bool
  ) throws {
    let model = batched ? try GraphModel(network(1)) { network($0) } : try GraphModel(network(1))
    let session = try ExplanationSession(of: model, on: sample, for: .logit(2)), grid = try session.grid
    let trace = try #require(try model.trace([sample]) as? any WindowedTrace)
    let passes = try #require(
      try trace.passes(covering: windows, of: model.input, with: cover, within: 1_000_000_000), "patches pay")
    #expect((passes.batchSize > 1) == batched)
    let scores = try session.scores(covering: windows, with: cover)
    let whole = try session.scores(of: windows.count) { grid.replacing(windows[$0], of: sample, by: cover) }
    #expect(scores.count == 23)
    for (score, expected) in zip(scores, whole) {
      let error: Float = abs(score - expected)
      #expect(error < 1e-5 * max(1, abs(expected)))
    }
    #expect(Set(scores).count > 15)
  }

  @Test func `windows of nearly the whole image are not worth patches`() throws {
    let model = try GraphModel(network(1)) { network($0) }
    let trace = try #require(try model.trace([sample]) as? any WindowedTrace)
    let wide = [ImageGrid.Window(rows: 0..<39, columns: 0..<40), ImageGrid.Window(rows: 1..<40, columns: 0..<40)]
    #expect(try trace.passes(covering: wide, of: model.input, with: cover, within: 1_000_000_000) == nil)
  }
}

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

/// A first convolution, then for the name's sake another kind of layer, then a convolution and a head.
private func network(_ images: Int, with kind: Kind) -> Graph {
  let plain = ConvolutionGeometry(stride: 1, padding: 1)
  let middle: (op: any Operator, inputs: [String], extent: Int)
  switch kind {
  case .depthwise: middle = (Convolution(ConvolutionGeometry(padding: 1, groups: 32)), ["a", "d"], 48)
  case .dilated: middle = (Convolution(ConvolutionGeometry(dilation: 2, padding: 2)), ["a", "w"], 48)
  case .strided: middle = (Convolution(ConvolutionGeometry(stride: 2, padding: 1)), ["a", "w"], 24)
  case .averagePooling:
    let pooling = PoolingGeometry(
      kernel: [3, 3], strides: [2, 2], dilations: [1, 1], paddingBefore: [1, 1], paddingAfter: [1, 1],
      countsPadding: true)
    middle = (AveragePool(pooling, ceilMode: false), ["a"], 24)
  case .maximumPooling:
    let pooling = PoolingGeometry(
      kernel: [3, 3], strides: [2, 2], dilations: [1, 1], paddingBefore: [1, 1], paddingAfter: [1, 1])
    middle = (MaxPool(pooling, ceilMode: false), ["a"], 24)
  }
  return Graph(
    inputs: [.init("image", shape: [images, 3, 48, 48])],
    nodes: [
      Node(Convolution(plain), ["image", "first"], to: "c"), Node(ElementwiseFunction(.relu), ["c"], to: "a"),
      Node(middle.op, middle.inputs, to: "b"), Node(ElementwiseFunction(.sigmoid), ["b"], to: "s"),
      Node(Convolution(plain), ["s", "w"], to: "e"), Node(ElementwiseFunction(.relu), ["e"], to: "f"),
      Node(Reshape(to: [images, 32 * middle.extent * middle.extent]), ["f"], to: "flat"),
      Node(Linear(), ["flat", "m"], to: "logits"),
    ],
    constants: [
      "first": NDArray(.scattered([32, 3, 3, 3], 0.61803)).asConstant(),
      "d": NDArray(.scattered([32, 1, 3, 3], 0.23606)).asConstant(),
      "w": NDArray(0.1 * .scattered([32, 32, 3, 3], 0.41421)).asConstant(),
      "m": NDArray(0.01 * .scattered([32 * middle.extent * middle.extent, 4], 0.73205)).asConstant(),
    ], outputs: ["logits"])
}

private enum Kind: CaseIterable { case depthwise, dilated, strided, averagePooling, maximumPooling }

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
    let session = try ExplanationSession(of: model, on: sample, for: .logit(2))
    let passes = try #require(
      try (model.trace([sample]) as? any WindowedTrace)?.passes(
        covering: windows, of: model.input, with: cover, within: 1_000_000_000), "patches pay")
    #expect(passes.batches.flatMap { $0 }.sorted() == Array(0..<23))
    #expect(passes.batches.allSatisfy { $0.count == 1 } == !batched)
    let scores = try expectScoresOfWholeImages(of: windows, with: cover, in: session)
    #expect(Set(scores).count > 15)
  }

  @Test(arguments: Kind.allCases) fileprivate func `patches are exact through every kind of layer`(kind: Kind) throws {
    let model = try GraphModel(network(1, with: kind)) { network($0, with: kind) }
    let image = Tensor.scattered([3, 48, 48], 0.5772), cover = Tensor.scattered([3, 48, 48], 0.9159)
    let session = try ExplanationSession(of: model, on: image, for: .logit(1))
    let windows = (0..<36).map { index in
      let (top, left) = (index / 6 * 8, index % 6 * 8)
      return ImageGrid.Window(rows: top..<min(top + 11, 48), columns: left..<min(left + 11, 48))
    }
    #expect(
      try (model.trace([image]) as? any WindowedTrace)?.passes(
        covering: windows, of: model.input, with: cover, within: 1_000_000_000) != nil, "patches pay")
    let scores = try expectScoresOfWholeImages(of: windows, with: cover, in: session)
    #expect(Set(scores).count == 36)
  }

  @Test func `windows of nearly the whole image are not worth patches`() throws {
    let model = try GraphModel(network(1)) { network($0) }
    let session = try ExplanationSession(of: model, on: sample, for: .logit(2))
    let wide = [ImageGrid.Window(rows: 0..<39, columns: 0..<40), ImageGrid.Window(rows: 1..<40, columns: 0..<40)]
    #expect(
      try (model.trace([sample]) as? any WindowedTrace)?.passes(
        covering: wide, of: model.input, with: cover, within: 1_000_000_000) == nil)
    _ = try expectScoresOfWholeImages(of: wide, with: cover, in: session)
  }

  @Test func `a window of everything is covered beside small ones`() throws {
    let model = try GraphModel(network(1)) { network($0) }
    let session = try ExplanationSession(of: model, on: sample, for: .logit(2))
    let mixed = [ImageGrid.Window(rows: 0..<40, columns: 0..<40)] + windows
    _ = try expectScoresOfWholeImages(of: mixed, with: cover, in: session)
  }

  private func expectScoresOfWholeImages(
    of windows: [ImageGrid.Window], with cover: Tensor, in session: ExplanationSession
  ) throws -> [Float] {
    let grid = try session.grid, scores = try session.scores(covering: windows, with: cover)
    let whole = try session.scores(of: windows.count) { grid.replacing(windows[$0], of: session.input, by: cover) }
    #expect(scores.count == windows.count)
    for (score, expected) in zip(scores, whole) {
      let error: Float = abs(score - expected)
      #expect(error < 1e-5 * max(1, abs(expected)))
    }
    return scores
  }
}

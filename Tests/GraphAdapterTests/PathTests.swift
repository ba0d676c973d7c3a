import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import TestSupport
import Testing

/// Gradients along a path, with the first layer shared, are those of each point.
@Suite struct PathTests {
  private let nodes = GaussLegendre(count: 7).nodes
  private let image = Tensor.scattered([3, 12, 12], 0.5772), start = Tensor.scattered([3, 12, 12], 0.3028)

  /// convolution → batch normalisation → ReLU → convolution → ReLU → linear; `shortcut` goes round the first layers.
  private static func network(_ images: Int, shortcut: Bool = false) -> Graph {
    let geometry = ConvolutionGeometry(stride: 1, padding: 1)
    return Graph(
      inputs: [.init("image", shape: [images, 3, 12, 12])],
      nodes: [
        Node(Convolution(geometry), ["image", "w1", "b"], to: "c1"),
        Node(Arithmetic(.multiply), ["c1", "slope"], to: "n1"), Node(ElementwiseFunction(.relu), ["n1"], to: "r1"),
        Node(Convolution(geometry), ["r1", "w2"], to: "c2"),
      ] + (shortcut ? [Node(Convolution(geometry), ["image", "w1"], to: "s")] : []) + [
        Node(shortcut ? Arithmetic(.add) : Arithmetic(.multiply), ["c2", shortcut ? "s" : "slope"], to: "n2"),
        Node(ElementwiseFunction(.silu), ["n2"], to: "r2"), Node(Reshape(to: [images, 16 * 144]), ["r2"], to: "flat"),
        Node(Linear(), ["flat", "m"], to: "logits"),
      ],
      constants: [
        "w1": NDArray(.scattered([16, 3, 3, 3], 0.61803)).asConstant(),
        "b": NDArray(.scattered([16], 0.1415)).asConstant(),
        "slope": NDArray(.scattered([16, 1, 1], 0.64575)).asConstant(),
        "w2": NDArray(0.2 * .scattered([16, 16, 3, 3], 0.41421)).asConstant(),
        "m": NDArray(0.1 * .scattered([16 * 144, 4], 0.73205)).asConstant(),
      ], outputs: ["logits"])
  }

  /// convolution → each channel as an image of its own → ReLU → convolution → linear, as networks do that see patches as
  /// pictures.
  private static func apart(_ images: Int) -> Graph {
    let geometry = ConvolutionGeometry(stride: 1, padding: 1)
    return Graph(
      inputs: [.init("image", shape: [images, 3, 12, 12])],
      nodes: [
        Node(Convolution(geometry), ["image", "w1"], to: "c1"),
        Node(Reshape(to: [images * 4, 1, 12, 12]), ["c1"], to: "apart"),
        Node(ElementwiseFunction(.relu), ["apart"], to: "r1"), Node(Convolution(geometry), ["r1", "w2"], to: "c2"),
        Node(Reshape(to: [images, 8 * 144]), ["c2"], to: "flat"), Node(Linear(), ["flat", "m"], to: "logits"),
      ],
      constants: [
        "w1": NDArray(.scattered([4, 3, 3, 3], 0.61803)).asConstant(),
        "w2": NDArray(.scattered([2, 1, 3, 3], 0.41421)).asConstant(),
        "m": NDArray(0.1 * .scattered([8 * 144, 4], 0.73205)).asConstant(),
      ], outputs: ["logits"])
  }

  private func session(_ model: GraphModel) throws -> ExplanationSession {
    try ExplanationSession(of: model, on: image, for: .logit(1))
  }

  private func expected(_ session: ExplanationSession) throws -> Tensor {
    var sum = Tensor(repeating: 0, shape: image.shape)
    for node in nodes {
      let point = start + node.place * (image - start)
      sum = sum + node.weight * (try session.repeated(on: point).inputGradient())
    }
    return sum
  }

  @Test(arguments: [true, false]) func `the first layer is shared by all points, however they are batched`(
    batched: Bool
  ) throws {
    let model = batched ? try GraphModel(Self.network(1)) { Self.network($0) } : try GraphModel(Self.network(1))
    let session = try session(model), expected = try expected(session)
    var heard: [Int] = []
    let shared = try #require(
      try (model.trace([image]) as? any PathTrace)?.gradient(
        from: start, over: nodes, to: model.input, within: 1 << 28,
        cotangents: { try ClassLogit.logit(1).score(of: Outputs(model.outputs, $0)).cotangents },
        progress: { heard.append($0) }))
    #expect(heard.last == 7)
    let gradient = try session.inputGradient(integratedFrom: start, over: nodes)
    #expect(shared == gradient && gradient.shape == image.shape)
    let largest = expected.scalars.map(abs).max() ?? 0
    for (a, b) in zip(gradient.scalars, expected.scalars) { #expect(abs(a - b) < 1e-5 * largest) }
  }

  /// As `nn.TransformerEncoder` has its tokens unless told otherwise: `[places, images, features]`.
  @Test func `images behind each other's places are walked through at each point`() throws {
    @Sendable func network(_ images: Int) -> Graph {
      Graph(
        inputs: [.init("image", shape: [images, 3, 12, 12])],
        nodes: [
          Node(Convolution(ConvolutionGeometry(stride: 4)), ["image", "w"], to: "c"),
          Node(Reshape(to: [images, 8, 9]), ["c"], to: "f"), Node(Transpose(permutation: [2, 0, 1]), ["f"], to: "t"),
          Node(ElementwiseFunction(.silu), ["t"], to: "s"),
          Node(Reduction(.mean, axes: [0], keepsDimensions: false), ["s"], to: "p"),
          Node(Linear(), ["p", "m"], to: "logits"),
        ],
        constants: [
          "w": NDArray(.scattered([8, 3, 4, 4], 0.61803)).asConstant(),
          "m": NDArray(.scattered([8, 4], 0.73205)).asConstant(),
        ], outputs: ["logits"])
    }
    let session = try session(GraphModel(network(1)) { network($0) }), expected = try expected(session)
    let gradient = try session.inputGradient(integratedFrom: start, over: nodes)
    let largest = expected.scalars.map(abs).max() ?? 0
    for (a, b) in zip(gradient.scalars, expected.scalars) { #expect(abs(a - b) < 1e-5 * largest) }
  }

  @Test(arguments: [true, false]) func `parts of an image that the network sees as images have no path of their own`(
    batched: Bool
  ) throws {
    let model = batched ? try GraphModel(Self.apart(1)) { Self.apart($0) } : try GraphModel(Self.apart(1))
    let session = try session(model), expected = try expected(session)
    let gradient = try session.inputGradient(integratedFrom: start, over: nodes)
    let largest = expected.scalars.map(abs).max() ?? 0
    #expect(largest > 0 && gradient.shape == image.shape)
    for (a, b) in zip(gradient.scalars, expected.scalars) { #expect(abs(a - b) < 1e-5 * largest) }
  }

  @Test func `what goes round the first layer is walked through at each point`() throws {
    let model = try GraphModel(Self.network(1, shortcut: true)) { Self.network($0, shortcut: true) }
    let session = try session(model), expected = try expected(session)
    #expect(
      try (model.trace([image]) as? any PathTrace)?.gradient(
        from: start, over: nodes, to: model.input, within: 1 << 28, cotangents: { _ in throw Unasked() },
        progress: { _ in throw Unasked() }) == nil)
    let gradient = try session.inputGradient(integratedFrom: start, over: nodes)
    let largest = expected.scalars.map(abs).max() ?? 0
    for (a, b) in zip(gradient.scalars, expected.scalars) { #expect(abs(a - b) < 1e-5 * largest) }
  }
}

private struct Unasked: Error {}

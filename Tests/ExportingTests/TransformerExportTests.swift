import AttentionMethod
import AttentionRolloutMethod
import AttributionKit
import BiAttnMethod
import Exporting
import GenericAttentionMethod
import GraphAdapter
import GraphEngine
import Kernels
import LeGradMethod
import ONNXImport
import TestSupport
import Tensors
import Testing
import TransformerAttributionMethod

/// Maps of methods that follow attention, in a file that is written anew.
@Suite struct TransformerExportTests {
  static let methods: [any AttributionMethod] = [
    Attention(), Attention(head: .max), AttentionRollout(), GenericAttention(), TransformerAttribution(),
    TransformerAttribution(isNormalized: true), LeGrad(), BiAttn(steps: 3), BiAttn(form: .head, steps: 3),
  ]

  @Test(arguments: methods.indices) func `the map of attention is the method's own, image by image`(
    method: Int
  ) throws {
    let model = try GraphModel(transformer(images: 1)) { transformer(images: $0) }, method = Self.methods[method]
    var request = MapExportRequest(
      try TemporaryFolder().write([], to: "network"), method: method, expression: "method",
      target: .open(.prediction), targetName: "prediction")
    request.isONNX = false
    let export = try MapExport(request, of: model)
    let images = (0..<3).map { Tensor(gaussianNoise: [3, 8, 12], seed: $0) }
    let graph = try ONNXModel(decoding: export.data).graph(batch: 3, output: "limn_map")
    let found = try Plan(graph).outputs(for: [NDArray(images.flatMap(\.scalars), shape: [3, 3, 8, 12])])[0].scalars
    let maps = try images.map { image in
      try method.attribution(in: ExplanationSession(of: model, on: image, for: RankedLogit.prediction)).values.scalars
    }
    #expect(Set(maps).count == 3, "all images are explained alike: nothing is tested")
    let expected = maps.flatMap(\.self), largest = expected.reduce(Float(0)) { max($0, abs($1)) }
    #expect(found.count == expected.count)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-4 * largest })
  }
}

/// Two blocks of attention with two heads among six patches, whose mean is classified.
private func transformer(images: Int) -> Graph {
  func numbers(_ shape: [Int], _ seed: UInt64) -> NDArray { NDArray(Tensor(gaussianNoise: shape, seed: seed)) }
  let geometry = ConvolutionGeometry(
    strides: [4, 4], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0], groups: 1)
  var constants: [String: NDArray] = [
    "patch": numbers([4, 3, 4, 4], 1), "positions": numbers([1, 6, 4], 2), "head": numbers([4, 3], 3),
    "ones": NDArray(repeating: 1, shape: [4]),
  ]
  var nodes = [
    Node(Convolution(geometry), ["image", "patch"], to: "embedded"),
    Node(Reshape(to: [images, 4, 6]), ["embedded"], to: "flat"),
    Node(Transpose(permutation: [0, 2, 1]), ["flat"], to: "patches"),
    Node(Arithmetic(.add), ["patches", "positions"], to: "tokens0"),
  ]
  for block in 0..<2 {
    func name(_ part: String) -> String { "\(part)\(block)" }
    func heads(_ part: String) -> [Node] {
      constants[name("W\(part)")] = numbers([4, 4], UInt64(10 * block + part.utf8.reduce(0) { $0 + Int($1) }))
      return [
        Node(MatrixProduct(), [name("norm"), name("W\(part)")], to: name(part)),
        Node(Reshape(to: [images, 6, 2, 2]), [name(part)], to: name("split-\(part)")),
        Node(
          Transpose(permutation: part == "k" ? [0, 2, 3, 1] : [0, 2, 1, 3]), [name("split-\(part)")],
          to: name("heads-\(part)")),
      ]
    }
    constants[name("Wo")] = numbers([4, 4], UInt64(40 + block))
    nodes.append(Node(LayerNormalization(axis: 2, epsilon: 1e-5), [name("tokens"), "ones"], to: name("norm")))
    nodes += heads("q") + heads("k") + heads("v")
    nodes += [
      Node(MatrixProduct(), [name("heads-q"), name("heads-k")], to: name("scores")),
      Node(Softmax(axis: 3), [name("scores")], to: name("attention")),
      Node(MatrixProduct(), [name("attention"), name("heads-v")], to: name("weighed")),
      Node(Transpose(permutation: [0, 2, 1, 3]), [name("weighed")], to: name("turned")),
      Node(Reshape(to: [images, 6, 4]), [name("turned")], to: name("joined")),
      Node(MatrixProduct(), [name("joined"), name("Wo")], to: name("out")),
      Node(Arithmetic(.add), [name("tokens"), name("out")], to: "tokens\(block + 1)"),
    ]
  }
  nodes += [
    Node(LayerNormalization(axis: 2, epsilon: 1e-5), ["tokens2", "ones"], to: "last"),
    Node(Reduction(.mean, axes: [1], keepsDimensions: false), ["last"], to: "read"),
    Node(Linear(), ["read", "head"], to: "logits"),
  ]
  return Graph(
    inputs: [.init("image", shape: [images, 3, 8, 12])], nodes: nodes,
    constants: constants.mapValues { $0.asConstant() }, outputs: ["logits"])
}

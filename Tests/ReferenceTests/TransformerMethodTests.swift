import AttributionKit
import Foundation
import GraphAdapter
import MethodCatalog
import ONNXImport
import Tensors
import TestSupport
import Testing

/// Methods that follow attention, on a small vision transformer, against PyTorch in float64.
@Suite struct TransformerMethodTests {
  /// What `Tests/Tools/transformer_methods.py` prints, for class 1: read off the class token, and off the mean of the
  /// patches.
  static let expected: [Bool: [String: [Float]]] = [
    false: [
      "logits": [1.13274579, -1.78796761, 1.40503861, 1.54413371],
      "attention": [0.11902897, 0.191145791, 0.0998997191, 0.211499254, 0.131258469, 0.168221712],
      "attention(layer=0, head=1)": [0.142577327, 0.119534435, 0.172613878, 0.0744793391, 0.163009509, 0.136938251],
      "attention-rollout": [0.120171341, 0.123587375, 0.11273899, 0.15421261, 0.114476346, 0.130760588],
      "generic-attention": [0.0303436865, 0.262448881, 0.0164603954, 0.126859605, 0.0504754772, 0.387069505],
      "legrad": [0.0458103731, 0.126542926, 0.181857132, 0.0421829437, 0.188027649, 0.184916322],
      "bi-attn": [0.0, 0.0369591538, 0.0, 0.0, 0.0, 0.234540734],
      "bi-attn(form=head)": [0.0, 0.0342075712, 0.0, 0.0, 0.0, 0.307574706],
      "transformer-attribution": [
        8.09493817e-05, 0.0101198908, 0.00059454318, 1.64797377e-06, 9.70490633e-05, 0.00931905954,
      ],
      "transformer-attribution(normalized=true)": [
        7.8071447e-05, 0.00975003386, 0.000569847734, 1.58837911e-06, 9.27622255e-05, 0.00899166594,
      ],
    ],
    true: [
      "logits": [-1.47336919, -1.01566457, 0.699787662, -1.0448502],
      "attention": [0.182532892, 0.113720964, 0.121050334, 0.160481336, 0.176311752, 0.108992911],
      "attention(layer=0, head=1)": [0.127934126, 0.151727307, 0.143221727, 0.155774629, 0.127806799, 0.145030636],
      "attention-rollout": [0.144472386, 0.138239988, 0.145682151, 0.16111347, 0.139388682, 0.153901431],
      "generic-attention": [0.182898729, 0.199446857, 0.210326434, 0.180298399, 0.201221714, 0.213454326],
      "legrad": [0.0305930324, 0.0786789979, 0.0656487872, 0.0357318362, 0.0566903549, 0.0488656636],
      "bi-attn": [0.0, 0.00850450613, 0.0, 0.0, 0.0, 0.039636804],
      "bi-attn(form=head)": [0.0, 0.00767446744, 0.0, 0.0, 0.0, 0.0480079854],
      "transformer-attribution": [0.168318759, 0.169892391, 0.172144907, 0.167005581, 0.170368829, 0.168112299],
      "transformer-attribution(normalized=true)": [
        0.164844787, 0.168643808, 0.171566497, 0.166664521, 0.157843029, 0.167464799,
      ],
    ],
  ]

  private func session(averagesPatches: Bool) throws -> ExplanationSession {
    let network = try SmallTransformer(averagesPatches: averagesPatches)
    return try ExplanationSession(of: network.model, on: network.image, for: .logit(1))
  }

  private func expression(_ text: String) throws -> MethodExpression {
    try MethodExpression(parsing: text, among: MethodCatalog.methods)
  }

  @Test(arguments: [false, true]) func `the network is PyTorch's`(averagesPatches: Bool) throws {
    let session = try session(averagesPatches: averagesPatches)
    let logits = try #require(Self.expected[averagesPatches]?["logits"])
    #expect(session.logits.deviation(from: Tensor(logits, shape: [4])) < 1e-5)
    let blocks = try #require(session.model as? GraphModel).attentionBlocks
    #expect(blocks.map(\.weights.name) == ["a.weights", "b.weights", "c.weights"])
    #expect(blocks.map { $0.input?.name } == ["tokens", "a.out", "b.out"])
    #expect(blocks.map { $0.output?.name } == ["a.out", "b.out", "c.out"])
    #expect(blocks.map(\.heads) == [2, 2, 2])
  }

  @Test(arguments: [false, true]) func `every method's map is PyTorch's`(averagesPatches: Bool) throws {
    let session = try session(averagesPatches: averagesPatches)
    let expected = try #require(Self.expected[averagesPatches])
    for (text, numbers) in expected where text != "logits" {
      let expression = try expression(text)
      #expect(expression.unmetNeeds(by: session.model).isEmpty)
      let map = try expression.method.attribution(in: session).values
      #expect(map.deviation(from: Tensor(numbers, shape: [2, 3])) < 1e-4, "\(text): \(map.scalars)")
    }
    let methods = MethodCatalog.methods.filter { $0.family == .transformers }.map(\.identifier)
    let compared = expected.keys.map { String($0.prefix { $0 != "(" }) }
    #expect(Set(compared).subtracting(["logits"]) == Set(methods))
  }

  @Test func `together they share the walks back that they say`() throws {
    let session = try session(averagesPatches: false)
    let methods = MethodCatalog.methods.filter { $0.family == .transformers && $0.cost().isShared }
    let comparison = Comparison(of: try (methods.map(\.identifier) + ["gradient"]).map(expression))
    #expect(comparison.entries(in: session).allSatisfy { (try? $0.outcome.get()) != nil })
    #expect(comparison.cost(on: session.model).sharedWalks == ["standard", "transformer-relevance", "legrad"])
    #expect(session.backwardPasses == 2, "LeGrad's walk is from block to block")
  }

  /// The share of the map that is left for the class token itself is the rest.
  @Test func `rows of rollout add up to one`() throws {
    let session = try session(averagesPatches: false)
    let chain = try AttentionChain(of: session.model)
    let rows = try chain.product { block in
      0.5 * (1 / Float(block.heads) * (try session.attention(of: block).channelSum()) + .identity(7))
    }
    #expect(abs(rows.scalars.reduce(0, +) - 1) < 1e-5)
  }

  /// The rules keep relevance in every sum, half of it in every product, and all of it elsewhere.
  @Test func `the relevance of the whole network reaches the last attention by halves`() throws {
    let session = try session(averagesPatches: true)
    #expect(session.steps.contains { $0.kind == .matrixProduct })
    let map = try expression("transformer-attribution(normalized=true)").method.attribution(in: session).values
    #expect(map.scalars.allSatisfy { $0 >= 0 } && map.scalars.reduce(0, +) <= 1)
  }

  /// The score of the tokens behind the last block is the score itself.
  @Test(arguments: [false, true]) func `the last block's early gradient is its plain one`(averagesPatches: Bool) throws
  {
    let session = try session(averagesPatches: averagesPatches)
    let blocks = try AttentionChain(of: session.model).blocks
    let early = try session.attentionGradient(of: blocks[2], readInPlaceOf: blocks[2])
    #expect(try early.deviation(from: session.attentionGradient(of: blocks[2])) < 1e-5)
    let first = try session.attentionGradient(of: blocks[0], readInPlaceOf: blocks[2])
    #expect(try first.deviation(from: session.attentionGradient(of: blocks[0])) > 0.1)
  }

  @Test func `attention knows nothing of the class, and what weighs it does`() throws {
    let session = try session(averagesPatches: false), other = try session.retargeted(to: .logit(2))
    for text in ["attention", "attention-rollout"] {
      let method = try expression(text).method
      #expect(try method.attribution(in: session) == method.attribution(in: other))
    }
    for text in ["generic-attention", "legrad", "bi-attn", "transformer-attribution"] {
      let method = try expression(text).method
      #expect(try method.attribution(in: session) != method.attribution(in: other), "\(text)")
    }
  }
}

/// The same on a transformer trained on handwritten digits, of six blocks of four heads, whose products `Einsum` spells.
@Suite(.enabled(if: TestData.isAvailable, "\(TestData.remedy)"))
struct TrainedTransformerTests {
  /// For class 1, what `transformer_methods.py --recorded` prints: the map at cells 10, 24 and 38 of 49, its largest value
  /// and its sum.
  static let expected: [(method: String, cells: [Float], largest: Float, sum: Float)] = [
    ("attention", [0.01095519, 0.07732132, 0.02070308], 0.2338998, 0.9975629),
    ("attention(layer=0, head=1)", [1.244405e-05, 5.619337e-06, 1.74862e-05], 0.8258665, 0.9999916),
    ("attention-rollout", [0.05363487, 0.08677895, 0.02669975], 0.08677895, 0.9729909),
    ("generic-attention", [0.007359673, 0.0177362, 0.1073468], 0.2795585, 1.377869),
    ("legrad", [0.003096854, 0.007542918, 0.00619719], 0.007542918, 0.1906995),
    ("bi-attn", [0.4506789, 0.325018, 0.1857906], 0.4506789, 3.149851),
    ("bi-attn(form=head)", [0.5883536, 0.4041055, 0.1841765], 0.5883536, 4.331176),
    ("transformer-attribution", [6.93399e-06, 0.0001547064, 0.002597899], 0.01167195, 0.03505287),
    ("transformer-attribution(normalized=true)", [6.905559e-06, 0.0001545751, 0.002579317], 0.01135759, 0.03413135),
  ]

  private func session() throws -> ExplanationSession {
    let onnx = try ONNXModel(contentsOf: TestData.file("zoo/models/mnist_vit_dyn18.onnx").path)
    var numbers = SmallTransformer.Numbers()
    return try ExplanationSession(of: GraphModel(onnx.graph()), on: numbers.next([1, 28, 28]), for: .logit(1))
  }

  @Test func `every method's map is PyTorch's`() throws {
    let session = try session()
    #expect(try AttentionChain(of: session.model).blocks.map(\.heads) == Array(repeating: 4, count: 6))
    for (text, cells, largest, sum) in Self.expected {
      let map = try MethodExpression(parsing: text, among: MethodCatalog.methods).method.attribution(in: session).values
      #expect(map.shape == [7, 7])
      // Its rules divide by sums that nearly cancel: in float32 PyTorch is ¼ % off itself.
      let relative: Float = text.hasPrefix("transformer-attribution") ? 5e-3 : 1e-4
      let scalars = map.scalars, tolerance = relative * largest
      for (cell, value) in zip([10, 24, 38], cells) { #expect(abs(scalars[cell] - value) < tolerance, "\(text)") }
      #expect(abs((scalars.max() ?? 0) - largest) < tolerance, "\(text)")
      #expect(abs(scalars.reduce(0, +) - sum) < relative * sum, "\(text)")
    }
  }
}

import AttributionKit
import DeepLiftMethod
import DeepShapMethod
import GraphAdapter
import GraphEngine
import Kernels
import MethodCatalog
import Tensors
import TestSupport
import Testing

@Suite struct DeepLiftTests {
  private func differences(
    _ network: ChainNetwork, from reference: Tensor, by rule: DeepLiftRule = .rescale, of target: Int = 1
  ) throws -> (session: ExplanationSession, values: Tensor, rise: Float) {
    let session = try ExplanationSession(of: network, on: network.sample, for: .logit(target))
    let other = try session.repeated(on: reference)
    return (session, try session.differences(from: other, by: rule), session.score.value - other.score.value)
  }

  @Test func `its numbers are captum's, max pooling included`() throws {
    let map = try differences(PublishedNumbers.pooled, from: PublishedNumbers.references[0]).values.channelSum()
    #expect(map.distance(to: Tensor(PublishedNumbers.deepLift, shape: [6, 6])) < 1e-5)
  }

  @Test func `DeepSHAP is the mean over references, and captum's numbers`() throws {
    let network = PublishedNumbers.pooled, pictures = PublishedNumbers.references
    let session = try ExplanationSession(
      of: network, on: network.sample, for: .logit(1), options: SessionOptions(pictures: { _ in pictures }))
    let attribution = try DeepShap(references: .folder("any")).attribution(in: session)
    #expect(attribution.values.channelSum().distance(to: Tensor(PublishedNumbers.deepShap, shape: [6, 6])) < 1e-5)
    let completeness = try #require(attribution.completeness)
    #expect(abs(completeness.error) < 1e-5)
    #expect(throws: AttributionError.self) { try DeepShap(count: 0).attribution(in: session) }
  }

  @Test(arguments: DeepLiftRule.allCases, 0..<3) func `contributions add up to the difference of the scores`(
    rule: DeepLiftRule, target: Int
  ) throws {
    for reference in PublishedNumbers.references {
      let (_, values, rise) = try differences(PublishedNumbers.pooled, from: reference, by: rule, of: target)
      #expect(abs(values.scalars.reduce(0, +) - rise) < 1e-4)
    }
    let session = try ExplanationSession(
      of: ChainNetwork.tiny(activation: ChainStep.silu), on: .ramp([3, 4, 4]), for: .logit(target))
    let attribution = try DeepLift(rule: rule, baseline: .noise).attribution(in: session)
    let completeness = try #require(attribution.completeness)
    #expect(abs(completeness.error) < 1e-4 && abs(completeness.expected) > 1e-3)
  }

  /// A channel that is dead in both pictures has a mean of cubes of 10⁻¹⁸, at which a cube root is nearly upright.
  @Test func `contributions add up also behind generalised-mean pooling with dead channels`() throws {
    let graph = Graph(
      inputs: [.init("image", shape: [1, 3, 6, 6])],
      nodes: [
        Node(Convolution(ConvolutionGeometry()), ["image", "w", "b"], to: "c"),
        Node(ElementwiseFunction(.clip(1e-6, .infinity)), ["c"], to: "r"),
        Node(ElementwiseFunction(.pow(3)), ["r"], to: "p"),
        Node(Reduction(.mean, axes: [2, 3], keepsDimensions: false), ["p"], to: "m"),
        Node(ElementwiseFunction(.pow(1 / 3)), ["m"], to: "g"), Node(Linear(), ["g", "v"], to: "logits"),
      ],
      constants: [
        "w": NDArray(.scattered([8, 3, 3, 3], 0.61803)).asConstant(),
        // Of eight channels one never fires, one only just.
        "b": NDArray(Tensor([-40, 0, 0, 0.2, -1.2, 0, 0.1, -0.4], shape: [8])).asConstant(),
        "v": NDArray(.scattered([8, 3], 0.73205)).asConstant(),
      ], outputs: ["logits"])
    let image = Tensor.scattered([3, 6, 6], 0.5772), reference = Tensor(repeating: 0.1, shape: [3, 6, 6])
    let session = try ExplanationSession(of: GraphModel(graph), on: image, for: .logit(1))
    let other = try session.repeated(on: reference)
    let rise = session.score.value - other.score.value
    let values = try session.differences(from: other, by: .rescale)
    #expect(
      abs(values.scalars.reduce(0, +) - rise) < 1e-4 * max(1, abs(rise)), "\(values.scalars.reduce(0, +)) of \(rise)")
  }

  /// Equations 3 and 5 written out for one hidden layer.
  @Test func `the rescale rule is the quotient of differences`() throws {
    let (w, v) = (Tensor.scattered([6, 4], 0.61803), Tensor.scattered([2, 6], 0.73205))
    let (b, none) = (Tensor.scattered([6], 0.27), Tensor([0, 0], shape: [2]))
    let network = ChainNetwork(
      input: [1, 2, 2],
      [.linear("hidden", weights: w, bias: b), .relu("relu"), .linear("logits", weights: v, bias: none)])
    let reference = Tensor.scattered([1, 2, 2], 0.57721)
    let (session, values, _) = try differences(network, from: reference)
    let x = session.input
    func hidden(_ x: Tensor, _ j: Int) -> Double {
      Double(b.scalars[j]) + (0..<4).reduce(0) { $0 + Double(w.scalars[j * 4 + $1]) * Double(x.scalars[$1]) }
    }
    for i in 0..<4 {
      var multiplier = 0.0
      for j in 0..<6 {
        let (z, z0) = (hidden(x, j), hidden(reference, j))
        multiplier += Double(v.scalars[6 + j]) * (max(0, z) - max(0, z0)) / (z - z0) * Double(w.scalars[j * 4 + i])
      }
      #expect(abs(Double(values.scalars[i]) - multiplier * Double(x.scalars[i] - reference.scalars[i])) < 1e-5)
    }
  }

  /// The paper's example of section 3.5.3: `min(a, b)` made of rectifiers, `a − ReLU(a − b)`.
  @Test func `reveal-cancel shares a minimum evenly, rescale gives it to one side`() throws {
    let network = ChainNetwork(
      input: [1, 1, 2],
      [
        .linear("hidden", weights: Tensor([1, -1, 1, 0], shape: [2, 2]), bias: Tensor([0, 0], shape: [2])),
        .relu("relu"),
        .linear("logits", weights: Tensor([-1, 1], shape: [1, 2]), bias: Tensor([0], shape: [1])),
      ])
    let session = try ExplanationSession(of: network, on: Tensor([10, 6], shape: [1, 1, 2]), for: .logit(0))
    func shares(_ rule: DeepLiftRule) throws -> [Float] {
      try DeepLift(rule: rule, baseline: .zero).attribution(in: session).values.scalars
    }
    #expect(try shares(.rescale) == [0, 6])
    #expect(try shares(.revealCancel) == [3, 3])
  }

  @Test func `without a non-linearity it is the way gone times the gradient`() throws {
    let linear = ChainNetwork(
      input: [3, 4, 4], [.linear("logits", weights: .scattered([2, 48], 0.61803), bias: Tensor([1, 2], shape: [2]))])
    for rule in DeepLiftRule.allCases {
      let (session, values, _) = try differences(linear, from: .ramp([3, 4, 4], phase: 0.4), by: rule)
      let way = session.input - Tensor.ramp([3, 4, 4], phase: 0.4)
      #expect(values.distance(to: try way * session.inputGradient()) < 1e-5)
    }
  }

  @Test func `an input that is its own reference has nothing to attribute`() throws {
    let network = PublishedNumbers.pooled
    let still = try ExplanationSession(of: network, on: 0 * network.sample, for: .logit(0))
    for rule in DeepLiftRule.allCases {
      #expect(try DeepLift(rule: rule, baseline: .zero).attribution(in: still).status == .zeroGradient)
    }
  }
}

/// Numbers of captum and PAIR on the tiny network with SiLU.
@Suite struct PublishedPathTests {
  private func session() throws -> ExplanationSession {
    try MethodTests.session(of: .tiny(activation: ChainStep.silu), for: .logit(1))
  }

  @Test func `internal influence and integrated gradients are captum's, guided IG is PAIR's`() throws {
    let session = try session()
    func distance(_ text: String, to numbers: [Float]) throws -> Float {
      let method = try MethodExpression(parsing: text, among: MethodCatalog.methods).method
      let attribution = try method.attribution(in: session)
      let map = attribution.isMap ? attribution.values : attribution.values.channelSum()
      return map.distance(to: Tensor(numbers, shape: [4, 4]))
    }
    #expect(
      try distance(
        "integrated-gradients(baseline=zero, layer=relu1)", to: PublishedNumbers.internalInfluence) < 1e-5)
    #expect(try distance("integrated-gradients(baseline=zero)", to: PublishedNumbers.integratedGradients) < 1e-5)
    #expect(
      try distance(
        "guided-ig(steps=20, fraction=0.25, deviation=0.1, baseline=zero)", to: PublishedNumbers.guidedIG) < 1e-5)
  }
}

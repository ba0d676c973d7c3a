import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import LRPMethod
import Tensors
import TestSupport
import Testing

@Suite struct LRPTests {
  let reference: PropagationReference
  let session: ExplanationSession

  init() throws {
    reference = try PropagationReference.load()
    let bounds = PropagationReference.bounds
    let colors = InputColors(
      black: Array(repeating: bounds.low, count: 3), white: Array(repeating: bounds.high, count: 3))
    session = try ExplanationSession(
      of: reference.convolutional.convolutionalModel(), on: PropagationReference.image,
      for: .logit(PropagationReference.target), options: SessionOptions(colors: colors))
  }

  private func lrp(_ settings: String) throws -> Attribution {
    try MethodExpression(parsing: settings, among: [LRP.descriptor]).method.attribution(in: session)
  }

  // MARK: Numbers

  @Test func `the network computes the reference's logits`() throws {
    try expectClose(session.logits, reference.convolutional.logits)
  }

  @Test(arguments: LRPComposite.allCases) func `every composite has zennit's numbers`(composite: LRPComposite) throws {
    let expected = try #require(reference.zennit[composite.rawValue])
    try expectClose(lrp("lrp(\(composite))").values, expected.pixels)
    let pooled = try lrp("lrp(\(composite), layer=pool)")
    try expectClose(pooled.values, expected.pooled)
    #expect(pooled.layer.name == "pool" && pooled.values.shape == [6, 6])
  }

  /// A rule for one layer is the composite that differs there alone.
  @Test func `rules of single layers go before the composite's`() throws {
    let flat = try lrp("lrp(epsilon-plus-flat)").values
    #expect(try lrp("lrp(epsilon-plus, rules=conv1=flat)").values == flat)
    #expect(try lrp("lrp(epsilon-plus, rules=conv[0]=flat)").values == flat)
    // Of two that fit, the last decides; the classifier keeps its own.
    let list = "lrp(epsilon-plus, rules=\"conv*=alpha-beta(2, 1)\")"
    #expect(try lrp(list).values == lrp("lrp(epsilon-alpha2-beta1)").values)
    #expect(
      try lrp("lrp(epsilon-alpha2-beta1, rules=conv*=z-plus; conv1=flat)").values == flat)
  }

  // MARK: The equation

  /// `Rᵢ = Σⱼ zᵢⱼ / Σₖ zₖⱼ Rⱼ` with every weight written out, z⁺ in the convolution and ε in the classifier.
  @Test func `two layers by the equations`() throws {
    let network = TwoLayers(), x = network.image.scalars
    let session = try ExplanationSession(of: network.model(), on: network.image, for: .logit(1))
    let values = try LRP(composite: .epsilonPlus).attribution(in: session).values.scalars
    let hidden = network.hidden, mean = hidden.map { $0.reduce(0, +) / 4 }
    let logit = (0..<3).reduce(Float(0)) { $0 + network.head[1][$1] * mean[$1] }
    #expect(abs(session.score.value - logit) < 1e-5)
    for p in 0..<4 {
      for i in 0..<2 {
        var expected: Float = 0
        for j in 0..<3 where mean[j] > 0 {
          let relevance = network.head[1][j] * mean[j] * hidden[j][p] / (4 * mean[j])
          let positive = (0..<2).map { max(0, network.kernel[j][$0] * x[$0 * 4 + p]) }
          let sum = positive.reduce(max(0, network.bias[j]), +)
          if sum > 0 { expected += positive[i] / sum * relevance }
        }
        #expect(abs(values[i * 4 + p] - expected) < 3e-5)
      }
    }
  }

  // MARK: Identities

  /// The sum over any layer is the score, where nothing goes to biases (Bach et al., equation 2).
  @Test(arguments: LRPComposite.allCases) func `relevance is conserved without biases`(composite: LRPComposite) throws {
    for layer in ["input", "pool", "relu1", "average"] {
      let attribution = try lrp("lrp(\(composite), bias=false, layer=\(layer))")
      let conservation = try #require(attribution.completeness)
      #expect(abs(conservation.expected - session.score.value) < 1e-4)
      // What reaches units that nothing but their bias excites is lost, and with αβ what reaches those that nothing inhibits.
      let isNearlyLossless = composite != .epsilonAlpha2Beta1 && !(composite == .epsilonPlus && layer == "input")
      let loss = layer == "average" ? 1e-4 : 0.02 as Float
      if isNearlyLossless { #expect(abs(conservation.error) < loss * session.score.value, "\(layer)") }
    }
    let withBias = try #require(lrp("lrp(\(composite), layer=pool)").completeness)
    #expect(abs(withBias.sum - reference.zennit[composite.rawValue]!.pooled.reduce(0, +)) < 1e-2)
  }

  /// With ε everywhere, LRP is the gradient times the input in a network of ReLUs (Ancona et al., ICLR 2018).
  @Test func `with epsilon everywhere it is input times gradient`() throws {
    let network = TwoLayers(bias: [0, 0, 0])
    let session = try ExplanationSession(of: network.model(), on: network.image, for: .logit(1))
    let relevance = try LRP(
      composite: .epsilonPlus, epsilon: 1e-9, exceptions: .init([.init(.matching("*"), .epsilon(1e-9))])
    ).attribution(in: session)
    let product = session.input * (try session.inputGradient())
    #expect(relevance.values.distance(to: product) < 1e-5)
    #expect(abs(try #require(relevance.completeness).error) < 1e-4)
  }

  @Test func `the difference of two classes has the difference of their relevance`() throws {
    func values(_ target: any Target) throws -> Tensor {
      try LRP().attribution(in: session.retargeted(to: target)).values
    }
    let difference = try values(LogitDifference(index: 1, contrast: 0))
    #expect(difference.distance(to: try values(.logit(1)) - values(.logit(0))) < 1e-5)
  }

  // MARK: Bounds of pixels

  @Test func `where nobody knows the colours, the image's extremes bound its pixels`() throws {
    let unknown = try ExplanationSession(of: session.model, on: session.input, for: session.target)
    let attribution = try LRP(composite: .epsilonGammaBox).attribution(in: unknown)
    #expect(attribution.remarks.count == 1 && attribution.remarks[0].contains("its own extremes"))
    let scalars = session.input.scalars
    let colors = InputColors(
      black: Array(repeating: scalars.min()!, count: 3), white: Array(repeating: scalars.max()!, count: 3))
    let known = try ExplanationSession(
      of: session.model, on: session.input, for: session.target, options: SessionOptions(colors: colors))
    #expect(try LRP(composite: .epsilonGammaBox).attribution(in: known).values == attribution.values)
    #expect(try LRP(composite: .epsilonPlus).attribution(in: unknown).remarks.isEmpty)
  }

  /// Bounds are what the first layer can read, not what the network is given.
  @Test func `a network that scales its image first has the relevance of the one without`() throws {
    let network = TwoLayers()
    let plain = try ExplanationSession(
      of: network.model(), on: network.image, for: .logit(1),
      options: SessionOptions(colors: InputColors(black: [-2, -2], white: [2, 2])))
    let scaling = try network.model(scalesFirst: true)
    let scaled = try ExplanationSession(
      of: scaling, on: network.image.map { 100 + 50 * $0 }, for: .logit(1),
      options: SessionOptions(colors: InputColors(black: [0, 0], white: [200, 200])))
    for composite in LRPComposite.allCases {
      let method = LRP(composite: composite)
      let expected = try method.attribution(in: plain).values
      #expect(try method.attribution(in: scaled).values.distance(to: expected) < 1e-5, "\(composite)")
      let passes = composite == .epsilonGammaBox || composite == .deepTaylor ? 2 : 0
      #expect(method.cost(on: scaling).forward == passes && method.cost(on: plain.model).forward == 0)
    }
  }

  // MARK: Degenerate cases

  @Test func `where no unit speaks for the class there is nothing to hand back`() throws {
    let network = TwoLayers(bias: [-9, -9, -9])
    let session = try ExplanationSession(of: network.model(), on: network.image, for: .logit(1))
    #expect(try LRP().attribution(in: session).status == .zeroGradient)
  }

  @Test func `a probability is explained to first order, which is said`() throws {
    let probability = try session.retargeted(to: ClassProbability(of: .logit(1)))
    let remarks = try LRP().attribution(in: probability).remarks
    #expect(remarks.count == 1 && remarks[0].contains("no sum of outputs"))
  }

  @Test(arguments: [
    "epsilon-minus", "composite=plus", "epsilon-plus, composite=deep-taylor", "epsilon=0", "gamma=-1", "bias=maybe",
    "rules=conv1", "rules==flat", "rules=conv1=box", "rules='conv1=alpha-beta(2,2)'", "rules=conv1=gamma(-1)",
  ]) func `a setting that makes no sense is refused`(settings: String) {
    #expect(throws: AttributionError.self) {
      try MethodExpression(parsing: "lrp(\(settings))", among: [LRP.descriptor])
    }
  }

  @Test func `a pattern that fits no layer with weights is refused`() {
    #expect { try lrp("lrp(rules=relu*=flat)") } throws: { "\($0)".contains("none fits 'relu*'") }
  }

  @Test(arguments: [
    "conv1=flat", "conv1=flat; hidden=gamma(0.1)", "a=b=epsilon", "a*=epsilon(0.5); b=z-box; c=w-square; d=pass",
    "x=alpha-beta(2.0,1.0)", "none",
  ]) func `rules are read as they are spelled`(text: String) throws {
    #expect("\(try #require(LRPExceptions(text)))" == text)
  }
}

/// A 1 × 1 convolution from two channels to three, a ReLU, a mean and a linear classifier, on an image of four pixels.
struct TwoLayers {
  let kernel: [[Float]] = [[0.7, -0.4], [-0.5, 0.9], [0.3, 0.8]]
  var bias: [Float] = [0.1, -0.2, 0.05]
  let head: [[Float]] = [[0.5, -0.6, 0.2], [0.9, 0.4, -0.7]]

  let image = Tensor([0.5, 1.2, -0.3, 0.8, 0.9, -0.4, 0.6, 1.1], shape: [2, 2, 2])

  /// The activations of the ReLU, `[channel][place]`.
  var hidden: [[Float]] {
    let x = image.scalars
    return (0..<3).map { j in
      (0..<4).map { p in
        let sum: Float = bias[j] + kernel[j][0] * x[p] + kernel[j][1] * x[4 + p]
        return max(0, sum)
      }
    }
  }

  /// The network, which may take `100 + 50x` for `x`.
  func model(scalesFirst: Bool = false) throws -> GraphModel {
    let geometry = ConvolutionGeometry(
      strides: [1, 1], dilations: [1, 1], paddingBefore: [0, 0], paddingAfter: [0, 0], groups: 1)
    let scaling = [
      Node(Arithmetic(.subtract), ["image", "middle"], to: "centered"),
      Node(Arithmetic(.multiply), ["centered", "scale"], to: "scaled"),
    ]
    let constants = [
      "middle": NDArray([100], shape: []), "scale": NDArray([0.02], shape: []),
      "kernel": NDArray(kernel.flatMap { $0 }, shape: [3, 2, 1, 1]), "bias": NDArray(bias, shape: [3]),
      "head": NDArray(head.flatMap { $0 }, shape: [2, 3]),
    ]
    return try GraphModel(
      Graph(
        inputs: [.init("image", shape: [1, 2, 2, 2])],
        nodes: (scalesFirst ? scaling : []) + [
          Node(Convolution(geometry), [scalesFirst ? "scaled" : "image", "kernel", "bias"], to: "conv"),
          Node(ElementwiseFunction(.relu), ["conv"], to: "relu"),
          Node(GlobalAveragePool(), ["relu"], to: "mean"), Node(Reshape(to: [1, 3]), ["mean"], to: "flat"),
          Node(Linear(transposesWeights: true), ["flat", "head"], to: "logits"),
        ], constants: constants.mapValues { $0.asConstant() }, outputs: ["logits"]))
  }
}

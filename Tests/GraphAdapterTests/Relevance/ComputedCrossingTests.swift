import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import Testing

/// Rules that compute a crossing themselves, from all that a step shows.
@Suite struct ComputedCrossingTests {
  /// DeepLIFT's rescale rule (Shrikumar et al., ICML 2017): `m_in = Δout/Δin · m_out` at every activation function.
  @Test func `DeepLIFT's rescale rule against a reference session`() throws {
    let network = TwoLayers(), model = try GraphModel(network.graph)
    let session = try ExplanationSession(of: model, on: network.image.tensor, for: .logit(1))
    let reference = try ExplanationSession(of: model, on: network.reference.tensor, for: .logit(1))
    let multipliers = try session.inputGradient(under: Rescale(reference: reference))
    try expectClose(multipliers, network.multipliers(of: 1))
    // Completeness: Σ m Δx = Δ logit.
    let difference = session.input - reference.input
    let explained = (multipliers * difference).scalars.reduce(0, +)
    #expect(abs(explained - (session.score.value - reference.score.value)) < 1e-4)
  }

  @Test func `a computed crossing sees what the network computed`() throws {
    let network = TwoLayers(), model = try GraphModel(network.graph)
    let session = try ExplanationSession(of: model, on: network.image.tensor, for: .logit(0))
    // The derivative by the long way round: the same as none.
    let plain = try session.inputGradient(), again = try session.inputGradient(under: LongWayRound())
    try expectClose(again, plain.scalars.map(Double.init))
    #expect(throws: (any Error).self) { try session.inputGradient(under: Misshapen()) }
  }

  @Test func `only what a rule computes by itself keeps images apart`() throws {
    let network = TwoLayers(), model = try GraphModel(network.graph)
    let session = try ExplanationSession(of: model, on: network.image.tensor, for: .logit(1))
    let reference = try ExplanationSession(of: model, on: network.reference.tensor, for: .logit(1))
    var gradients: [Tensor] = []
    let images = [session.input, 0.5 * session.input]
    try session.inputGradients(
      of: 2, under: Rescale(reference: reference), images: { images[$0] }, each: { gradients.append($1) })
    #expect(gradients[0] == (try session.inputGradient(under: Rescale(reference: reference))))
    #expect(gradients[1] != gradients[0])
  }
}

private struct Rescale: GradientRule {
  let reference: ExplanationSession

  func crossing(_ step: Step) -> Crossing {
    guard step.kind == .activation else { return .derivative }
    return .computed { [reference] crossed in
      let rise = crossed.output - (try reference.value(of: step.name))
      let run = crossed.inputs[0] - (try reference.value(of: step.inputs[0]))
      let slopes = zip(rise.scalars, run.scalars).map { abs($1) < 1e-6 ? 0 : $0 / $1 }
      return [Tensor(slopes, shape: run.shape) * crossed.cotangent]
    }
  }

  static func == (a: Rescale, b: Rescale) -> Bool { a.reference === b.reference }
  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(reference)) }
}

extension ExplanationSession {
  /// A value by its name, as the network holds it.
  fileprivate func value(of name: String) throws -> Tensor {
    try activation(at: try #require(model.layers.first { $0.name == name }).native)
  }
}

/// Every step by its own pullback, in plain tensors, where its inputs and output must be those of the pass.
private struct LongWayRound: GradientRule {
  func crossing(_ step: Step) -> Crossing {
    .computed { crossed in
      if crossed.step.operatorName == "ReLU" { #expect(crossed.output == crossed.inputs[0].rectified()) }
      if crossed.step.operatorName == "Convolution" {
        #expect(crossed.inputs.count == 3 && crossed.inputs[1].shape.count == 4)
      }
      return try crossed.pullback(crossed.cotangent)
    }
  }
}

private struct Misshapen: GradientRule {
  func crossing(_ step: Step) -> Crossing {
    step.kind == .activation ? .computed { _ in [Tensor([1], shape: [1])] } : .derivative
  }
}

/// Two convolutions with ReLUs and a linear layer.
private struct TwoLayers {
  private let kernels = (varied([3, 2, 3, 3], 1.1), varied([3, 3, 3, 3], 2.7), varied([48, 2], 3.8))
  private let biases = (varied([3], 0.2).scalars, varied([3], 0.9).scalars)

  var image: NDArray { varied([2, 4, 4], 5.2) }
  var reference: NDArray { varied([2, 4, 4], 7.7) }

  var graph: Graph {
    let geometry = ConvolutionGeometry(
      strides: [1, 1], dilations: [1, 1], paddingBefore: [1, 1], paddingAfter: [1, 1], groups: 1)
    return Graph(
      inputs: [.init("image", shape: [1, 2, 4, 4])],
      nodes: [
        Node(Convolution(geometry), ["image", "w1", "b1"], to: "conv1"),
        Node(ElementwiseFunction(.relu), ["conv1"], to: "relu1"),
        Node(Convolution(geometry), ["relu1", "w2", "b2"], to: "conv2"),
        Node(ElementwiseFunction(.relu), ["conv2"], to: "relu2"), Node(Reshape(to: [1, 48]), ["relu2"], to: "flat"),
        Node(Linear(), ["flat", "w3"], to: "logits"),
      ],
      constants: [
        "w1": kernels.0, "b1": NDArray(biases.0, shape: [3]), "w2": kernels.1, "b2": NDArray(biases.1, shape: [3]),
        "w3": kernels.2,
      ].mapValues { $0.asConstant() }, outputs: ["logits"])
  }

  /// `W₁ᵀ (s₁ ⊙ W₂ᵀ (s₂ ⊙ w₃))`, with `s` the slopes of the ReLUs between reference and image.
  func multipliers(of logit: Int) -> [Double] {
    let layers = [
      DenseLayer(convolution: kernels.0, bias: biases.0, side: 4, normalization: nil),
      DenseLayer(convolution: kernels.1, bias: biases.1, side: 4, normalization: nil),
    ]
    var (x, y) = (image.scalars.map(Double.init), reference.scalars.map(Double.init)), slopes: [[Double]] = []
    for layer in layers {
      let (a, b) = (layer.forward(x), layer.forward(y))
      (x, y) = (a.map { max(0, $0) }, b.map { max(0, $0) })
      slopes.append(a.indices.map { (x[$0] - y[$0]) / (a[$0] - b[$0]) })
    }
    var multipliers = (0..<48).map { Double(kernels.2.scalars[$0 * 2 + logit]) }
    for (layer, slopes) in zip(layers, slopes).reversed() {
      let scaled = zip(multipliers, slopes).map { $0 * $1 }
      multipliers = layer.weights[0].indices.map { i in
        scaled.indices.reduce(0) { $0 + layer.weights[$1][i] * scaled[$1] }
      }
    }
    return multipliers
  }
}

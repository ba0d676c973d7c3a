import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors
import TestSupport
import Testing

/// Two inputs and two outputs, for a number of images.
///
///     picture → conv → ReLU ─┬→ pooling → linear → + → logits → softmax
///                            └→ conv → scores          ↑
///     row → linear → tanh ─────────────────────────────┘
private func network(_ images: Int) -> Graph {
  let geometry = ConvolutionGeometry(
    strides: [1, 1], dilations: [1, 1], paddingBefore: [1, 1], paddingAfter: [1, 1], groups: 1)
  return Graph(
    inputs: [.init("row", shape: [images, 3]), .init("picture", shape: [images, 2, 4, 4])],
    nodes: [
      Node(Convolution(geometry), ["picture", "w1"], to: "conv1"),
      Node(ElementwiseFunction(.relu), ["conv1"], to: "relu1"),
      Node(GlobalAveragePool(), ["relu1"], to: "pool"), Node(Reshape(to: [images, 5]), ["pool"], to: "flat"),
      Node(Linear(), ["flat", "m"], to: "seen"), Node(Linear(), ["row", "n"], to: "read"),
      Node(ElementwiseFunction(.tanh), ["read"], to: "bent"), Node(Arithmetic(.add), ["seen", "bent"], to: "logits"),
      Node(Softmax(axis: 1), ["logits"], to: "classes"), Node(Convolution(geometry), ["relu1", "w2"], to: "scores"),
      Node(Arithmetic(.multiply), ["read", "read"], to: "unasked"),
    ],
    constants: [
      "w1": NDArray(.scattered([5, 2, 3, 3], 0.61803)).asConstant(),
      "w2": NDArray(.scattered([2, 5, 3, 3], 0.41421)).asConstant(),
      "m": NDArray(.scattered([5, 4], 0.73205)).asConstant(),
      "n": NDArray(.scattered([3, 4], 0.23606)).asConstant(),
    ], outputs: ["classes", "scores", "unasked"])
}

private let picture = Tensor.ramp([2, 4, 4]), row = Tensor([0.4, -0.7, 0.2], shape: [3])

/// A score of both outputs: `y = logits₁ · mean(scores₀) + ½ Σ scores₁²`.
private struct Both: Target {
  func score(of outputs: Outputs) throws -> Score {
    let z = try outputs.value(of: "classes"), s = try outputs.value(of: "scores")
    let (first, second) = (s.channel(0), s.channel(1)), area = Float(first.scalars.count)
    let mean = first.scalars.reduce(0, +) / area, squares = second.scalars.reduce(0) { $0 + $1 * $1 }
    return Score(
      value: z.scalars[1] * mean + 0.5 * squares,
      cotangents: try outputs.cotangents([
        "classes": mean * Tensor.oneHot(1, count: 4),
        "scores": Tensor(first.scalars.map { _ in z.scalars[1] / area } + second.scalars, shape: s.shape),
      ]))
  }
}

@Suite struct SeveralInputsGraphTests {
  let batched: GraphModel
  let single: GraphModel

  init() throws {
    batched = try GraphModel(network(1), alongside: ["scores"]) { network($0) }
    single = try GraphModel(network(1), alongside: ["scores"])
  }

  private func session(
    _ model: GraphModel, for target: any Target, by name: String? = nil, bytes: Int = 1_000_000_000
  ) throws -> ExplanationSession {
    try ExplanationSession(
      of: model, on: [row, picture], for: target, by: name, options: SessionOptions(memoryLimit: bytes))
  }

  @Test func `inputs and outputs are what the graph says they are`() throws {
    #expect(single.inputs.map(\.name) == ["row", "picture"] && single.inputs.map(\.kind) == [.other, .image])
    #expect(single.input.name == "picture")
    #expect(
      single.outputs == [
        Output("classes", shape: [4], kind: .classes(.softmax)),
        Output("scores", shape: [2, 4, 4], kind: .places(.softmax)),
      ])
    #expect(single.layers.prefix(2).map(\.name) == ["row", "picture"])
    #expect(single.automaticLayer?.layer.name == "scores" || single.automaticLayer?.layer.name == "relu1")
    #expect(!single.layers.contains { $0.name == "unasked" }, "what is not asked for is not computed")
    let other = try GraphModel(network(1), output: "scores", alongside: ["classes", "unasked"])
    #expect(other.outputs.map(\.name) == ["scores", "classes", "unasked"])
    #expect(other.explained.kind == .places(.softmax) && other.outputs[2].kind == .classes(.softmax))
  }

  @Test(arguments: ["picture", "row"]) func `the gradient by either input is the slope of a score of both outputs`(
    name: String
  ) throws {
    let session = try session(single, for: Both(), by: name)
    let gradient = try session.inputGradient()
    #expect(gradient.shape == session.input.shape && gradient.scalars.contains { abs($0) > 0.01 })
    for i in gradient.scalars.indices {
      var (up, down) = (session.input, session.input)
      up[i] += 2e-3
      down[i] -= 2e-3
      let slope = try (session.repeated(on: up).score.value - session.repeated(on: down).score.value) / 4e-3
      #expect(abs(gradient.scalars[i] - slope) < 1e-2 * max(1, abs(slope)), "\(name) \(i)")
    }
  }

  @Test func `layers and both inputs share one walk back from both outputs`() throws {
    let session = try session(single, for: Both())
    for layer in single.layers.reversed() { _ = try session.gradient(at: layer) }
    #expect(session.backwardPasses == 1)
    let other = try session.attributing(to: "row")
    #expect(try other.inputGradient() == self.session(single, for: Both(), by: "row").inputGradient())
    #expect(other.backwardPasses == 1, "the run is the same")
    // A layer that reaches one of the outputs only is within reach of the score.
    let scores = try #require(single.layers.first { $0.name == "scores" })
    #expect(scores.reachesScore)
    #expect(try session.gradient(at: scores).scalars.contains { $0 != 0 })
  }

  @Test func `a target put to one output gives no cotangent to the other`() throws {
    let only = try session(single, for: RegionMean(of: .logit(0)).of(output: "scores"), by: "row")
    #expect(try only.inputGradient() == Tensor(repeating: 0, shape: [3]))
    let seen = try session(single, for: RegionMean(of: .logit(0)).of(output: "scores"))
    let alone = try GraphModel(network(1), output: "scores")
    #expect(alone.inputs.count == 2, "inputs stay, whatever the output needs")
    let expected = try self.session(alone, for: RegionMean(of: .logit(0)))
    #expect(try seen.inputGradient().distance(to: expected.inputGradient()) < 1e-6)
  }

  @Test(arguments: ["picture", "row"], [1_000_000_000, 1]) func `batches vary the one input and keep the other`(
    name: String, bytes: Int
  ) throws {
    for model in [batched, single] {
      let session = try session(model, for: Both(), by: name, bytes: bytes)
      let scores = try session.scores(of: 5) { Float($0) * session.input }
      var gradients: [Tensor] = []
      try session.inputGradients(of: 5) {
        Float($0) * session.input
      } each: {
        gradients.append($1)
      }
      for index in 0..<5 {
        let alone = try session.repeated(on: Float(index) * session.input)
        #expect(abs(scores[index] - alone.score.value) < 1e-4)
        #expect(try gradients[index].distance(to: alone.inputGradient()) < 1e-4)
      }
    }
  }

  @Test func `the network is run on from a layer to both outputs`() throws {
    for model in [batched, single] {
      for name in ["relu1", "flat", "scores", "bent", "logits"] {
        let session = try session(model, for: Both())
        let layer = try #require(model.layers.first { $0.name == name })
        let activation = try session.activation(at: layer)
        let scores = try session.scores(of: 3, replacing: layer) { (1 - 0.5 * Float($0)) * activation }
        #expect(abs(scores[0] - session.score.value) < 1e-4, "\(name)")
        #expect(Set(scores).count == 3, "\(name)")
      }
    }
  }

  @Test func `where the work lies is counted in multiplications`() throws {
    func share(_ name: String) throws -> Double {
      single.shareOfWork(after: try #require(single.layers.first { $0.name == name }))
    }
    // The convolutions take 80 · 18 and 32 · 45, the linear layers 20 and 12; the rest one each.
    let small = Double(80 + 5 + 5 + 4 + 4)
    let (all, later) = (80.0 * 18 + 32 * 45 + 20 + 12 + small, 32.0 * 45 + 20 + small - 4)
    #expect(abs(try share("conv1") - later / all) < 1e-9)
    #expect(abs(try share("relu1") - (later - 80) / all) < 1e-9)
    #expect(try share("logits") == 0 && share("scores") == 0)
    #expect(try share("picture") > share("conv1"))
    #expect(single.shareOfWork(after: Layer("nowhere", shape: [1])) == 0)
  }

  /// Puts the mean of the plain gradient of the image in place of what reaches a rectifier.
  private struct Asking: GradientRule {
    let session: ExplanationSession

    func crossing(_ step: Step) -> Crossing {
      guard step.activation == .rectifier else { return .derivative }
      return .replaced { [session] cotangent in
        let mean = try session.inputGradient().meanAndDeviation().mean
        return cotangent.map { _ in mean }
      }
    }

    static func == (lhs: Asking, rhs: Asking) -> Bool { lhs.session === rhs.session }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(session)) }
  }

  @Test(.timeLimit(.minutes(1))) func `a rule may ask for another gradient of the same run`() throws {
    let session = try session(single, for: Both())
    let conv1 = try #require(single.layers.first { $0.name == "conv1" })
    let asked = try session.gradient(at: conv1, under: Asking(session: session))
    let mean = try session.inputGradient().meanAndDeviation().mean
    #expect(asked.scalars.allSatisfy { $0 == mean } && mean != 0)
  }

  /// Fails at the rectifier until it is allowed on.
  private struct Failing: GradientRule {
    final class Gate: @unchecked Sendable { var isOpen = false }
    struct Shut: Error {}
    let gate = Gate()

    func crossing(_ step: Step) -> Crossing {
      guard step.activation == .rectifier else { return .derivative }
      return .replaced { [gate] cotangent in
        guard gate.isOpen else { throw Shut() }
        return 2 * cotangent
      }
    }

    static func == (lhs: Failing, rhs: Failing) -> Bool { lhs.gate === rhs.gate }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(gate)) }
  }

  @Test func `a walk that failed midway is not resumed but begun anew`() throws {
    let session = try session(single, for: Both()), rule = Failing()
    let relu1 = try #require(single.layers.first { $0.name == "relu1" })
    #expect(try session.gradient(at: relu1, under: rule).scalars.contains { $0 != 0 })
    #expect(throws: GraphError.self) { try session.inputGradient(under: rule) }
    rule.gate.isOpen = true
    let again = try session.inputGradient(under: rule), willing = Failing()
    willing.gate.isOpen = true
    let fresh = try self.session(single, for: Both())
    #expect(try again == fresh.inputGradient(under: willing) && again != fresh.inputGradient())
  }
}

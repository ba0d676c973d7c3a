import AttributionKit
import Synchronization
import Tensors
import TestSupport
import Testing

/// A network of a picture `a`, `[1, 2, 2]`, and a row of numbers `b`, `[3]`, with two outputs.
///
///     classes = (b₀·Σa, Σa² − b₁)        numbers = (b₀·b₁ + Σa, b₂³)
private struct TwoByTwo: DifferentiableModel, BatchModel {
  let input = Layer("picture", shape: [1, 2, 2], operatorName: "Input")
  let row = Layer("row", shape: [3], operatorName: "Input")
  let outputs = [Output.classes(2, named: "classes"), Output("numbers", shape: [2], kind: .numbers)]

  var inputs: [NetworkInput] { [NetworkInput(input), NetworkInput(row, kind: .other)] }
  var layers: [Layer] { [input, row] }
  var automaticLayer: AutomaticLayer? { AutomaticLayer(input, because: "the only one with places") }

  func differentiableTrace(_ inputs: [Tensor]) throws -> any DifferentiableTrace { Run(a: inputs[0], b: inputs[1]) }

  func outputs(for batch: [Tensor]) throws -> [Tensor] {
    let runs = (0..<batch[0].shape[0]).map { Run(a: batch[0].channel($0), b: batch[1].channel($0)) }
    return (0..<2).map { index in
      Tensor(runs.flatMap { $0.outputs[index].scalars }, shape: [runs.count, 2])
    }
  }

  func batchSize(within bytes: Int) -> Int { max(1, bytes / 1000) }

  struct Run: DifferentiableTrace {
    let a: Tensor, b: Tensor
    let steps: [Step] = []
    let backwardPasses = 0

    var outputs: [Tensor] {
      let (b, sum, squares) = (b.scalars, a.scalars.reduce(0, +), (a * a).scalars.reduce(0, +))
      return [
        Tensor([b[0] * sum, squares - b[1]], shape: [2]), Tensor([b[0] * b[1] + sum, b[2] * b[2] * b[2]], shape: [2]),
      ]
    }

    func activation(at layer: Layer) throws -> Tensor { layer.name == "row" ? b : a }

    func pullback(_ cotangents: Cotangents, to layer: Layer, under rule: any GradientRule) throws -> Tensor {
      let zero = Tensor(repeating: 0, shape: [2])
      let z = (cotangents[0] ?? zero).scalars, n = (cotangents[1] ?? zero).scalars, b = b.scalars
      if layer.name == "picture" { return (z[0] * b[0] + n[0]) + 2 * z[1] * a }
      let sum = a.scalars.reduce(0, +)
      return Tensor([z[0] * sum + n[0] * b[1], -z[1] + n[0] * b[0], 3 * n[1] * b[2] * b[2]], shape: [3])
    }
  }
}

/// A score of both outputs: `y = classes₁ · numbers₁ + numbers₀`.
private struct Both: Target {
  func score(of outputs: Outputs) throws -> Score {
    let z = try outputs.value(of: "classes").scalars, n = try outputs.value(of: "numbers").scalars
    return Score(
      value: z[1] * n[1] + n[0],
      cotangents: try outputs.cotangents([
        "numbers": Tensor([1, z[1]], shape: [2]), "classes": Tensor([0, n[1]], shape: [2]),
      ]))
  }
}

@Suite struct SeveralInputsTests {
  private let model = TwoByTwo()
  let picture = Tensor([0.5, -1, 2, 0.25], shape: [1, 2, 2]), row = Tensor([1.5, -0.5, 0.75], shape: [3])

  private func session(for target: any Target, by name: String? = nil) throws -> ExplanationSession {
    try ExplanationSession(of: model, on: [picture, row], for: target, by: name)
  }

  static let targets: [any Target] = [
    Both(), .logit(0), .prediction, RankedLogit.prediction.of(output: "numbers"), .logit(1).of(output: "numbers"),
    LogitDifference(index: 0, contrast: 1).of(output: "numbers"), Opposite(of: Both()),
    Opposite(of: ClassLogit(index: 0).of(output: "numbers")), ClassProbability(of: .logit(0)),
  ]

  @Test(arguments: targets.indices, ["picture", "row"])
  func `the gradient by either input is the slope of the score`(index: Int, name: String) throws {
    let session = try session(for: Self.targets[index], by: name)
    let gradient = try session.inputGradient()
    #expect(gradient.shape == session.inputLayer.shape && session.inputLayer.name == name)
    for i in gradient.scalars.indices {
      var (up, down) = (session.input, session.input)
      up[i] += 1e-2
      down[i] -= 1e-2
      let slope = try (session.repeated(on: up).score.value - session.repeated(on: down).score.value) / 2e-2
      #expect(abs(gradient.scalars[i] - slope) < 5e-3, "\(index) \(name) \(i)")
    }
  }

  @Test func `a session attributes to the first picture unless told otherwise`() throws {
    let first = try session(for: Both())
    #expect(first.input == picture && first.inputLayer == model.input && first.inputs == [picture, row])
    let other = try first.attributing(to: "row")
    #expect(other.input == row && other.score == first.score)
    #expect(try other.inputGradient() == session(for: Both(), by: "row").inputGradient())
    #expect(try Slope().attribution(in: other).layer == model.row)
    #expect(throws: AttributionError.notAnImage(model.row)) { try other.baseline(.mean) }
  }

  @Test func `the other input stays while one is perturbed, in batches and alone`() throws {
    for bytes in [1, 3000] {
      let options = SessionOptions(memoryLimit: bytes)
      let session = try ExplanationSession(of: model, on: [picture, row], for: Both(), by: "row", options: options)
      let scores = try session.scores(of: 7) { Float($0) * row }
      for index in 0..<7 {
        let alone = try ExplanationSession(of: model, on: [picture, Float(index) * row], for: Both())
        #expect(abs(scores[index] - alone.score.value) < 1e-5)
      }
      var gradients: [Tensor] = []
      try session.inputGradients(of: 3) {
        Float($0) * row
      } each: {
        gradients.append($1)
      }
      for index in 0..<3 {
        let alone = try ExplanationSession(of: model, on: [picture, Float(index) * row], for: Both(), by: "row")
        #expect(try gradients[index] == alone.inputGradient())
      }
    }
  }

  @Test func `inputs are given in order or by name, and none may lack`() throws {
    #expect(try model.ordered(["row": row, "picture": picture]) == [picture, row])
    #expect(throws: AttributionError.missingInputs(["picture"])) { try model.ordered(["row": row]) }
    #expect(throws: AttributionError.noSuchInput("mask", among: ["picture", "row"])) {
      try model.ordered(["row": row, "picture": picture, "mask": row])
    }
    #expect(throws: AttributionError.noSuchInput("mask", among: ["picture", "row"])) {
      try session(for: Both(), by: "mask")
    }
    #expect(throws: AttributionError.wrongInputCount(1, of: ["picture", "row"])) {
      try ExplanationSession(of: model, on: picture, for: Both())
    }
    #expect(throws: AttributionError.wrongShape([2], for: model.row)) {
      try session(for: Both(), by: "row").scores(of: 1) { _ in Tensor([1, 2], shape: [2]) }
    }
  }
}

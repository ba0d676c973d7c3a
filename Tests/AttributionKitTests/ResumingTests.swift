import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct ResumingTests {
  /// 8 × 8 places, then 4 × 4: convolution, ReLU, pooling, convolution, ReLU, linear.
  private let network = ChainNetwork(
    input: [2, 8, 8],
    [
      .convolution("conv1", kernels: .scattered([3, 2, 3, 3], 0.61803), bias: .scattered([3], 0.3)),
      .relu("relu1"), .maxPool("pool"),
      .convolution("conv2", kernels: .scattered([4, 3, 3, 3], 0.41421), bias: .scattered([4], 0.7)),
      .relu("relu2"), .linear("logits", weights: .scattered([3, 64], 0.73205), bias: .scattered([3], 0.9)),
    ])

  private func layer(_ name: String) throws -> Layer { try TargetLayer.matching(name).resolve(in: network) }

  @Test func `a resumed session asks the same question from the layer on`() throws {
    let session = try ExplanationSession(of: network, on: network.sample, for: .prediction), pool = try layer("pool")
    let activation = try session.activation(at: pool)
    let resumed = try session.resumed(replacing: pool, with: -3 * activation)
    #expect(resumed.score.classIndex == session.score.classIndex, "the class chosen stays")
    #expect(try resumed.score.value == session.scores(of: 1, replacing: pool) { _ in -3 * activation }[0])
    #expect(try resumed.activation(at: pool) == -3 * activation)
    #expect(try session.resumed(replacing: pool, with: activation).gradient(at: pool) == session.gradient(at: pool))
    #expect(throws: AttributionError.wrongShape([2], for: pool)) {
      try session.resumed(replacing: pool, with: Tensor([1, 2], shape: [2]))
    }
  }

  @Test func `a model that cannot says so`() throws {
    struct BlackBox: ModelAdapter {
      let input = Layer("input", shape: [1, 2, 2]), outputs = [Output.classes(2)]
      var layers: [Layer] { [input] }
      var automaticLayer: AutomaticLayer? { nil }
      func trace(_ inputs: [Tensor]) throws -> any ForwardTrace { Answer(outputs: [Tensor([1, 2], shape: [2])]) }

      struct Answer: ForwardTrace {
        let outputs: [Tensor]
        func activation(at layer: Layer) throws -> Tensor { throw Refusal("a black box") }
      }
    }
    let box = BlackBox(), image = Tensor(repeating: 0, shape: [1, 2, 2])
    let session = try ExplanationSession(of: box, on: image, for: .prediction)
    #expect(throws: AttributionError.cannotResume(after: box.input)) {
      try session.resumed(replacing: box.input, with: image)
    }
    #expect(throws: AttributionError.noImplicitBiases) { try session.implicitBias(at: box.input) }
  }

  @Test func `the last layer of each grid, the finest first`() throws {
    func names(_ deepest: String) throws -> [String] {
      network.lastLayersOfGrids(upTo: try layer(deepest)).map(\.name)
    }
    #expect(try names("relu2") == ["relu1", "relu2"])
    #expect(try names("conv2") == ["relu1", "conv2"])
    #expect(try names("conv1") == ["conv1"], "of the layer's own grid it is the layer itself")
    #expect(try names("input") == ["input"])
  }
}

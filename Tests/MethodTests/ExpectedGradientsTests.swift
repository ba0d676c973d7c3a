import AttributionKit
import ExpectedGradientsMethod
import Tensors
import TestSupport
import Testing

@Suite struct ExpectedGradientsTests {
  let network = ChainNetwork.tiny(activation: ChainStep.silu)

  private func session(reading pictures: [Tensor]) throws -> ExplanationSession {
    let options = SessionOptions(pictures: { folder in
      #expect(folder == "holiday")
      return pictures
    })
    return try ExplanationSession(of: network, on: network.sample, for: .logit(1), options: options)
  }

  /// With a single reference the expectation is that of integrated gradients, taken by a thousand midpoints.
  @Test func `from one reference it comes to integrated gradients`() throws {
    let reference = Tensor.scattered([3, 4, 4], 0.31831), session = try session(reading: [reference])
    let x = session.input
    var integral = [Double](repeating: 0, count: x.scalars.count)
    for step in 0..<500 {
      let point = reference + (Float(step) + 0.5) / 500 * (x - reference)
      let gradient = try session.repeated(on: point).inputGradient()
      for i in integral.indices {
        integral[i] += Double(gradient.scalars[i]) * Double(x.scalars[i] - reference.scalars[i]) / 500
      }
    }
    let expected = Tensor(integral.map(Float.init), shape: x.shape)
    let size = expected.magnitudes().scalars.max()!
    let many = try ExpectedGradients(samples: 2000, references: .folder("holiday")).attribution(in: session)
    #expect(many.values.distance(to: expected) < 0.03 * size)
    let completeness = try #require(many.completeness)
    #expect(abs(completeness.error) < 0.03 * many.values.magnitudes().scalars.reduce(0, +))
    let rise = session.score.value - (try session.scores(of: 1) { _ in reference })[0]
    #expect(abs(completeness.expected - rise) < 1e-6)
  }

  @Test func `of a linear network it is exact, whatever is drawn`() throws {
    let linear = ChainNetwork(
      input: [3, 4, 4], [.linear("logits", weights: .scattered([2, 48], 0.61803), bias: Tensor([1, 2], shape: [2]))])
    let pictures = (0..<3).map { Tensor.ramp([3, 4, 4], phase: 0.2 * Float($0)) }
    let session = try ExplanationSession(
      of: linear, on: linear.sample, for: .logit(0), options: SessionOptions(pictures: { _ in pictures }))
    let completeness = try #require(
      ExpectedGradients(samples: 7, references: .folder("any")).attribution(in: session).completeness)
    #expect(abs(completeness.error) < 1e-4)
  }

  @Test func `the seed decides, and noise takes no folder`() throws {
    let session = try MethodTests.session(of: network)
    let one = try ExpectedGradients(samples: 3).attribution(in: session)
    #expect(try ExpectedGradients(samples: 3).attribution(in: session) == one)
    #expect(try ExpectedGradients(samples: 3, seed: 1).attribution(in: session) != one)
  }

  @Test func `a folder that nobody reads, or that is empty, is told`() throws {
    let named = ExpectedGradients(references: .folder("holiday"))
    #expect(throws: AttributionError.cannotReadPictures("holiday")) {
      try named.attribution(in: MethodTests.session(of: network))
    }
    #expect(throws: AttributionError.noPictures("holiday")) { try named.attribution(in: session(reading: [])) }
    let odd = Tensor.ramp([3, 2, 2])
    #expect(throws: AttributionError.wrongShape([3, 2, 2], for: network.input)) {
      try named.attribution(in: session(reading: [odd]))
    }
    let read = try ExpectedGradients.descriptor.method(["references": "holiday"])
    #expect((read as? ExpectedGradients)?.references == .folder("holiday"))
  }
}

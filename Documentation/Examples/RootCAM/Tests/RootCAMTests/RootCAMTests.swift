import AttributionKit
import RootCAMPlugin
import Tensors
import Testing

@Suite struct RootCAMTests {
  let network = LinearHead()
  let session: ExplanationSession

  init() throws {
    session = try ExplanationSession(of: network, on: Tensor(gaussianNoise: [2, 3, 3], seed: 2), for: .logit(1))
  }

  @Test func `each channel counts with the root of its mean gradient`() throws {
    let map = try RootCAM().attribution(in: session).values
    #expect(map.shape == [3, 3])
    for place in 0..<9 {
      var sum: Float = 0
      for channel in 0..<2 {
        var mean: Float = 0
        for other in 0..<9 { mean += network.weights.scalars[18 + channel * 9 + other] / 9 }
        let weight = (mean < 0 ? -1 : 1) * abs(mean).squareRoot()
        sum += weight * session.input.scalars[channel * 9 + place] * session.input.scalars[channel * 9 + place]
      }
      #expect(abs(map.scalars[place] - sum) < 1e-5)
    }
  }

  /// What the root does: a score four times as large makes a map twice as large, and its opposite the opposite map.
  @Test func `the map grows with the root of the score`() throws {
    let map = try RootCAM().attribution(in: session).values
    let fourfold = try RootCAM().attribution(in: session.retargeted(to: Scaled(factor: 4))).values
    let opposite = try RootCAM().attribution(in: session.retargeted(to: Scaled(factor: -1))).values
    for place in 0..<9 {
      #expect(abs(fourfold.scalars[place] - 2 * map.scalars[place]) < 1e-5)
      #expect(opposite.scalars[place] == -map.scalars[place])
    }
  }

  @Test func `without activations there is nothing to see`() throws {
    let dark = try ExplanationSession(of: network, on: Tensor(repeating: 0, shape: [2, 3, 3]), for: .logit(0))
    #expect(try RootCAM().attribution(in: dark).status == .zeroGradient)
  }

  @Test func `its parameter is read from text`() throws {
    let expression = try MethodExpression(parsing: "root-cam(layer=input)", among: [RootCAM.descriptor])
    #expect(try expression.method.attribution(in: session).layer == network.input)
    #expect(throws: AttributionError.self) {
      try MethodExpression(parsing: "root-cam(depth=2)", among: [RootCAM.descriptor])
    }
  }

  /// A multiple of the second class's logit.
  struct Scaled: Target {
    let factor: Float

    func score(of outputs: Outputs) throws -> Score {
      let score = try ClassLogit(index: 1).score(of: outputs)
      return Score(value: factor * score.value, cotangents: factor * score.cotangents, classIndex: 1)
    }
  }
}

import AttributionKit
import HiResCAMPlugin
import Tensors
import Testing

@Suite struct HiResCAMTests {
  let network = LinearHead()
  let session: ExplanationSession

  init() throws {
    session = try ExplanationSession(of: network, on: Tensor(gaussianNoise: [2, 3, 3], seed: 2), for: .logit(1))
  }

  @Test func `each place is the sum of its gradients times its activations`() throws {
    let map = try HiResCAM().attribution(in: session).values
    #expect(map.shape == [3, 3])
    for place in 0..<9 {
      var sum: Float = 0
      for channel in 0..<2 {
        let index = channel * 9 + place
        sum += network.weights.scalars[18 + index] * session.input.scalars[index] * session.input.scalars[index]
      }
      #expect(abs(map.scalars[place] - sum) < 1e-6)
    }
  }

  /// What the paper proves: with one linear layer after the activation, the map tells the whole of the score.
  @Test func `the map and the bias add up to the logit`() throws {
    let map = try HiResCAM().attribution(in: session).values
    #expect(abs(map.sum + network.bias[1] - session.score.value) < 1e-5)
  }

  @Test func `without activations there is nothing to see`() throws {
    let dark = try ExplanationSession(of: network, on: Tensor(repeating: 0, shape: [2, 3, 3]), for: .logit(0))
    #expect(try HiResCAM().attribution(in: dark).status == .zeroGradient)
  }

  @Test func `its parameter is read from text`() throws {
    let expression = try MethodExpression(parsing: "hires-cam(layer=input)", among: [HiResCAM.descriptor])
    #expect(try expression.method.attribution(in: session).layer == network.input)
    #expect(throws: AttributionError.self) {
      try MethodExpression(parsing: "hires-cam(depth=2)", among: [HiResCAM.descriptor])
    }
  }
}

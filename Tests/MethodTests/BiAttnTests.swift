import AttributionKit
import BiAttnMethod
import Tensors
import TestSupport
import Testing

@Suite struct BiAttnTests {
  /// `R`, each block's perception being `perception[block]`, and then times `W`.
  private func map(
    of network: ScriptedTransformer, _ perception: [[[Float]]], feedback: Float, at row: Int
  ) -> [Float] {
    var r = (0..<5).map { i in (0..<5).map { Float(i == $0 ? 1 : 0) } }
    for p in perception {
      let old = r
      for i in 0..<5 { for j in 0..<5 { for k in 0..<5 { r[i][j] += p[i][k] * old[k][j] } } }
    }
    return (1..<5).map { j in
      let heads = (0..<2).map { max(0, feedback * network.gradients[2][$0 * 25 + row * 5 + j]) }
      return (heads[0] + heads[1]) / 2 * r[row][j]
    }
  }

  private func length(_ x: Tensor, _ row: Int) -> Float {
    (0..<3).reduce(0) { $0 + x[row * 3 + $1] * x[row * 3 + $1] }.squareRoot()
  }

  /// The scripted gradients grow with the image's brightness, so that their mean on the way from black is a half.
  @Test(arguments: [0, 3]) func `the token form weighs each key by the length of its value`(reader: Int) throws {
    let network = ScriptedTransformer(readout: [reader])
    let perception = network.attention.map { a in
      (0..<5).map { i in
        (0..<5).map { j in
          (a[i * 5 + j] + a[25 + i * 5 + j]) / 2 * length(network.projected, j) / length(network.tokens, j)
        }
      }
    }
    let expected = map(of: network, perception, feedback: 0.5, at: reader)
    let values = try BiAttn(steps: 5).attribution(in: ExplanationSession(of: network)).values
    for cell in 0..<4 { #expect(abs(values[cell] - expected[cell]) < 1e-4 * max(1, expected[cell])) }
  }

  @Test func `the head form weighs each head by its attention and gradient`() throws {
    let network = ScriptedTransformer()
    let perception = zip(network.attention, network.gradients).map { a, g in
      let importance = (0..<2).map { h in
        var sum: Float = 0
        for i in 0..<5 {
          for j in 0..<5 { sum += abs((0..<5).reduce(0) { $0 + a[h * 25 + $1 * 5 + i] * g[h * 25 + $1 * 5 + j] }) }
        }
        return sum
      }
      let total = importance[0] + importance[1]
      return (0..<5).map { i in
        (0..<5).map { (importance[0] * a[i * 5 + $0] + importance[1] * a[25 + i * 5 + $0]) / total }
      }
    }
    let expected = map(of: network, perception, feedback: 0.5, at: 0)
    let values = try BiAttn(form: .head, steps: 7).attribution(in: ExplanationSession(of: network)).values
    for cell in 0..<4 { #expect(abs(values[cell] - expected[cell]) < 1e-4) }
  }

  @Test func `its passes are counted, and two are the least`() throws {
    #expect(BiAttn(steps: 5).cost(on: nil) == .forward(5) + .backward(5))
    #expect(BiAttn(form: .head, steps: 5).cost(on: nil) == .forward(5) + .backward(5) + .shared)
    let session = try ExplanationSession(of: ScriptedTransformer())
    #expect(throws: AttributionError.self) { try BiAttn(steps: 1).attribution(in: session) }
    #expect(throws: AttributionError.self) { try BiAttn.descriptor.method(["form": "heads"]) }
  }

  @Test func `a black image has no feedback`() throws {
    let network = ScriptedTransformer()
    let dark = try ExplanationSession(of: network, on: Tensor(repeating: 0, shape: [1, 2, 4]), for: .logit(0))
    #expect(try BiAttn().attribution(in: dark).status == .zeroGradient)
  }
}

import AttributionKit
import GenericAttentionMethod
import Tensors
import TestSupport
import Testing

@Suite struct GenericAttentionTests {
  /// Equations 5 and 6.
  private func relevance(of network: ScriptedTransformer, brightness: Float = 1) -> [[Float]] {
    var r = (0..<5).map { i in (0..<5).map { Float(i == $0 ? 1 : 0) } }
    for (attention, gradient) in zip(network.attention, network.gradients) {
      let old = r
      for i in 0..<5 {
        for j in 0..<5 {
          for k in 0..<5 {
            let heads = (0..<2).map {
              max(0, brightness * gradient[$0 * 25 + i * 5 + k] * attention[$0 * 25 + i * 5 + k])
            }
            r[i][j] += (heads[0] + heads[1]) / 2 * old[k][j]
          }
        }
      }
    }
    return r
  }

  @Test(arguments: [[0], [1, 2, 3, 4]]) func `the map is equations 5 and 6`(readout: [Int]) throws {
    let network = ScriptedTransformer(readout: readout), expected = relevance(of: network)
    let map = try GenericAttention().attribution(in: ExplanationSession(of: network)).values
    for cell in 0..<4 {
      let mean = readout.reduce(0) { $0 + expected[$1][1 + cell] } / Float(readout.count)
      #expect(abs(map[cell] - mean) < 1e-5)
    }
  }

  /// Without a gradient every token is relevant to itself alone: nothing reaches the class token.
  @Test func `where nothing raises the score there is nothing to see`() throws {
    let network = ScriptedTransformer()
    let dark = try ExplanationSession(of: network, on: Tensor(repeating: 0, shape: [1, 2, 4]), for: .logit(0))
    #expect(try GenericAttention().attribution(in: dark).status == .zeroGradient)
  }

  @Test func `the walk back passes all blocks, which the comparison knows beforehand`() throws {
    let network = ScriptedTransformer()
    #expect(GenericAttention().gradientLayers(in: network) == network.attentionBlocks.map(\.weights))
    #expect(GenericAttention().gradientLayers(in: ChainNetwork.tiny()).isEmpty)
  }
}

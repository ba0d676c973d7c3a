import AttentionRolloutMethod
import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct AttentionRolloutTests {
  /// Equation 1, from the first block to the last.
  private func rollout(of network: ScriptedTransformer, from start: Int = 0) -> [[Float]] {
    var product = (0..<5).map { i in (0..<5).map { Float(i == $0 ? 1 : 0) } }
    for attention in network.attention[start...] {
      product = (0..<5).map { i in
        (0..<5).map { j in
          (0..<5).reduce(0) { sum, k in
            let mean = (attention[i * 5 + k] + attention[25 + i * 5 + k]) / 2
            return sum + (mean + (i == k ? 1 : 0)) / 2 * product[k][j]
          }
        }
      }
    }
    return product
  }

  @Test(arguments: [[0], [1, 2, 3, 4]], 0..<3) func `the map is equation 1`(readout: [Int], start: Int) throws {
    let network = ScriptedTransformer(readout: readout), expected = rollout(of: network, from: start)
    let map = try AttentionRollout(start: start).attribution(in: ExplanationSession(of: network)).values
    for cell in 0..<4 {
      let mean = readout.reduce(0) { $0 + expected[$1][1 + cell] } / Float(readout.count)
      #expect(abs(map[cell] - mean) < 1e-6)
    }
  }

  /// Attention is a share, and so is what is left of it after any number of blocks.
  @Test func `what reaches all tokens adds up to one`() throws {
    let network = ScriptedTransformer(), map = try AttentionRollout().attribution(in: ExplanationSession(of: network))
    let sum = map.values.scalars.reduce(0, +) + rollout(of: network)[0][0]
    #expect(abs(sum - 1) < 1e-6)
    #expect(map.values.scalars.allSatisfy { $0 > 0 })
  }

  @Test func `neither the target nor any gradient matters`() throws {
    let session = try ExplanationSession(of: ScriptedTransformer())
    let map = try AttentionRollout().attribution(in: session)
    #expect(try AttentionRollout().attribution(in: session.retargeted(to: .logit(1))) == map)
    #expect(AttentionRollout().cost(on: session.model) == .zero)
  }

  @Test func `there is no block after the last`() throws {
    let session = try ExplanationSession(of: ScriptedTransformer())
    #expect(throws: AttributionError.self) { try AttentionRollout(start: 3).attribution(in: session) }
  }
}

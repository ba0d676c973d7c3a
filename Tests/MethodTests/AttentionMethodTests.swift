import AttentionMethod
import AttributionKit
import Tensors
import TestSupport
import Testing

/// `attention`, of given matrices.
@Suite struct AttentionMethodTests {
  let network = ScriptedTransformer()

  @Test(arguments: [[0], [1, 2, 3, 4]]) func `the map is the mean of the rows that are read`(readout: [Int]) throws {
    let network = ScriptedTransformer(readout: readout)
    let session = try ExplanationSession(of: network)
    for block in 0..<3 {
      let map = try Attention(targetLayer: .matching("\(block)")).attribution(in: session)
      #expect(map.values.shape == [2, 2] && map.layer.name == "softmax\(block)")
      for cell in 0..<4 {
        var sum: Float = 0
        for head in 0..<2 {
          for query in readout { sum += network.attention[block][(head * 5 + query) * 5 + 1 + cell] }
        }
        #expect(abs(map.values[cell] - sum / Float(2 * readout.count)) < 1e-6)
      }
    }
    #expect(session.backwardPasses == 0)
  }

  @Test func `one head, and the largest of all`() throws {
    let session = try ExplanationSession(of: network), weights = network.attention[2]
    let heads = try (0..<2).map { try Attention(head: .number($0)).attribution(in: session).values }
    let largest = try Attention(head: .max).attribution(in: session).values
    for cell in 0..<4 {
      #expect(heads.map { $0[cell] } == [weights[1 + cell], weights[26 + cell]])
      #expect(largest[cell] == max(weights[1 + cell], weights[26 + cell]))
    }
    #expect(throws: AttributionError.self) { try Attention(head: .number(2)).attribution(in: session) }
  }

  @Test func `parameters are read as people write them`() throws {
    let session = try ExplanationSession(of: network)
    let written = try Attention.descriptor.method(["layer": "1", "head": "1"]).attribution(in: session)
    #expect(try written == Attention(targetLayer: .matching("1"), head: .number(1)).attribution(in: session))
    for head in ["-1", "all", ""] {
      #expect(throws: AttributionError.self) { try Attention.descriptor.method(["head": head]) }
    }
  }
}

import AttributionKit
import RandomMethod
import Tensors
import TestSupport
import Testing

@Suite struct RandomTests {
  let network = ChainNetwork.tiny(side: 8)

  @Test func `the map is noise on the layer's grid, decided by its seed`() throws {
    let session = try session(of: network)
    let map = try Random(seed: 7).attribution(in: session)
    #expect(map.values == Tensor(gaussianNoise: [8, 8], seed: 7))
    #expect(map.layer.name == "relu2")
    #expect(try Random(seed: 8).attribution(in: session).values != map.values)
  }

  @Test func `neither the network nor the target matters`() throws {
    let one = try Random().attribution(in: session(of: network, for: .logit(0)))
    #expect(try Random().attribution(in: session(of: network, for: .logit(1))) == one)
    #expect(try session(of: network).backwardPasses == 0)
  }
}

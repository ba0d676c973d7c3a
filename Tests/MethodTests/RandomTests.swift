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

  @Test func `a network without places has noise on its image`() throws {
    let flat = ChainNetwork(
      input: [3, 4, 5],
      [.linear("logits", weights: .scattered([2, 60], 0.618), bias: Tensor(repeating: 0, shape: [2]))])
    struct Flat: ModelAdapter {
      let chain: ChainNetwork
      var input: Layer { chain.input }
      var outputs: [Output] { chain.outputs }
      var layers: [Layer] { chain.layers }
      var automaticLayer: AutomaticLayer? { nil }
      func trace(_ inputs: [Tensor]) throws -> any ForwardTrace { try chain.trace(inputs) }
    }
    let session = try ExplanationSession(of: Flat(chain: flat), on: flat.sample, for: .logit(0))
    let map = try Random(seed: 3).attribution(in: session)
    #expect(map.values == Tensor(gaussianNoise: [4, 5], seed: 3) && map.layer == flat.input)
    #expect(Random.descriptor.needs.isEmpty)
    #expect(throws: AttributionError.self) {
      try Random(targetLayer: .matching("logits")).attribution(in: session)
    }
  }
}

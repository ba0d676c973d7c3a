import AttributionKit
import CAMMethod
import Tensors
import TestSupport
import Testing

@Suite struct CAMTests {
  let network = ChainNetwork.tiny()

  @Test func `the map is the sum of channels weighed by the classifier's row`() throws {
    let session = try session(of: network, for: .logit(2)), layer = try network.layer("relu2")
    let (map, a) = (try CAM().attribution(in: session), try session.activation(at: layer))
    let head = Tensor.scattered([4, 6], 0.73205)
    #expect(map.layer == layer)
    for p in 0..<16 {
      let expected = (0..<6).reduce(Float(0)) { $0 + head.scalars[2 * 6 + $1] * a.scalars[$1 * 16 + p] }
      #expect(abs(map.values.scalars[p] - expected) < 1e-5)
    }
  }

  /// Zhou et al., equation 2: the logit is the sum of the map, up to the area; this network's head has no bias.
  @Test func `the mean of the map is the logit`() throws {
    for target in 0..<4 {
      let session = try session(of: network, for: .logit(target))
      let mean = try CAM().attribution(in: session).values.meanAndDeviation().mean
      #expect(abs(mean - session.score.value) < 1e-5)
    }
  }

  @Test(arguments: ["relu1", "conv2"]) func `a layer without a pooled linear head is refused`(name: String) throws {
    let layer = try network.layer(name)
    #expect(throws: AttributionError.noLinearHead(after: layer)) {
      try CAM(targetLayer: .matching(name)).attribution(in: session(of: network))
    }
  }

  @Test func `a model that does not speak of heads is refused`() throws {
    let hidden = Headless(base: network), layer = try network.layer("relu2")
    #expect(throws: AttributionError.noLinearHead(after: layer)) {
      try CAM().attribution(in: ExplanationSession(of: hidden, on: network.sample, for: .prediction))
    }
  }

  /// The same network without the ability that CAM needs.
  struct Headless: ModelAdapter {
    let base: ChainNetwork
    var input: Layer { base.input }
    var layers: [Layer] { base.layers }
    var automaticLayer: AutomaticLayer? { base.automaticLayer }
    var outputs: [Output] { base.outputs }
    func trace(_ inputs: [Tensor]) throws -> any ForwardTrace { try base.trace(inputs) }
  }
}

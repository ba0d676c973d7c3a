import AttributionKit
import ISCAMMethod
import SSCAMMethod
import ScoreCAMMethod
import Tensors
import TestSupport
import Testing

@Suite struct SSCAMTests {
  let network = ChainNetwork.closed()

  @Test func `a channel's weight is the softmax of its mean score over noisy copies`() throws {
    let session = try referenceSession(network), layer = try network.layer("conv2")
    let a = try session.activation(at: layer)
    var means: [Float] = []
    for k in 0..<4 {
      var sum: Float = 0
      for i in 0..<3 {
        let noisy = a.channel(k) + 0.5 * Tensor(gaussianNoise: [4, 4], seed: UInt64(9 + 3 * k + i))
        let mask = noisy.resized(height: 8, width: 8).scaledToUnit()
        sum += try network.trace(network.sample * mask).logits.scalars[1]
      }
      means.append(sum / 3)
    }
    let weights = try SSCAM(top: .all, samples: 3, noise: 0.5, seed: 9).channelWeights(of: layer, in: session)
    #expect(weights.distance(to: Tensor(means, shape: [4]).softmax()) < 1e-5)
  }

  @Test func `without noise it is Score-CAM, and with it another seed is another map`() throws {
    let session = try referenceSession(network)
    let scoreCAM = try ScoreCAM().attribution(in: session).values
    #expect(try SSCAM(samples: 2, noise: 0).attribution(in: session).values.distance(to: scoreCAM) < 1e-5)
    #expect(try SSCAM().attribution(in: session) == SSCAM().attribution(in: session))
    #expect(try SSCAM().attribution(in: session).values != SSCAM(seed: 1).attribution(in: session).values)
  }

  @Test func `it makes a pass for each copy of each channel that is used`() throws {
    _ = try SSCAM(targetLayer: .matching("conv2"), top: .most(2), samples: 5).attribution(in: referenceSession(network))
    #expect(network.forwardPasses == 1 + 2 * 5)
    #expect(SSCAM(top: .most(2), samples: 5).cost(on: nil) == .forward(10) && SSCAM().cost(on: network) == .forward(40))
    let map = try SSCAM(targetLayer: .matching("conv2"), top: .most(2)).attribution(in: referenceSession(network))
    #expect(map.remarks == ["2 of 4 channels were used as masks"])
    #expect(throws: AttributionError.self) { try SSCAM(samples: 0).attribution(in: referenceSession(network)) }
  }

  @Test func `where every channel is flat there is nothing to see`() throws {
    let flat = try ExplanationSession(
      of: ChainNetwork.tiny(), on: Tensor(repeating: 0.4, shape: [3, 4, 4]), for: .logit(0))
    #expect(try SSCAM().attribution(in: flat).status == .zeroGradient)
    #expect(try ISCAM().attribution(in: flat).status == .zeroGradient)
  }
}

@Suite struct ISCAMTests {
  let network = ChainNetwork.closed()

  @Test func `a channel's weight is the softmax of its mean score along the growing mask`() throws {
    let session = try referenceSession(network), layer = try network.layer("conv2")
    let a = try session.activation(at: layer)
    let means = try (0..<4).map { k in
      let shown = network.sample * a.channel(k).resized(height: 8, width: 8).scaledToUnit()
      return try (1...4).reduce(Float(0)) { try $0 + network.trace(Float($1) / 4 * shown).logits.scalars[1] } / 4
    }
    let weights = try ISCAM(top: .all, steps: 4).channelWeights(of: layer, in: session)
    #expect(weights.distance(to: Tensor(means, shape: [4]).softmax()) < 1e-5)
  }

  @Test func `with one step it is Score-CAM`() throws {
    let session = try referenceSession(network)
    let scoreCAM = try ScoreCAM().attribution(in: session).values
    #expect(try ISCAM(steps: 1).attribution(in: session).values.distance(to: scoreCAM) < 1e-6)
    #expect(ISCAM().cost(on: network) == .forward(40))
    #expect("\(ISCAM(top: .all).cost(on: nil))" == "10 forward passes for each channel of the layer")
    #expect(throws: AttributionError.self) { try ISCAM(steps: 0).attribution(in: session) }
  }
}

@Suite struct FasterScoreCAMTests {
  @Test func `whoever looks for Faster-Score-CAM is told how it is written`() throws {
    let vocabulary = MethodVocabulary([ScoreCAM.descriptor])
    let error = #expect(throws: AttributionError.self) {
      try MethodExpression(parsing: "faster-score-cam", among: vocabulary)
    }
    #expect("\(try #require(error))".contains("write score-cam(top=10)"))
    #expect(ScoreCAM.descriptor.summary.contains("Faster-Score-CAM"))
    for expression in ScoreCAM.descriptor.otherNames.values {
      #expect(throws: Never.self) { try MethodExpression(parsing: expression, among: vocabulary) }
    }
  }
}

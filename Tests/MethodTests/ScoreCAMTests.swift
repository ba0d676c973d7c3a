import AttributionKit
import ScoreCAMMethod
import Tensors
import TestSupport
import Testing

@Suite struct ScoreCAMTests {
  let network = ChainNetwork.closed()

  /// Algorithm 1, its masks made by interpolation written out.
  @Test(arguments: ["relu2", "conv2"]) func `weights are the softmax of the masked scores`(name: String) throws {
    let session = try session(of: network, for: .logit(1)), layer = try network.layer(name)
    let a = try session.activation(at: layer)
    var scores: [Int: Double] = [:]
    for k in 0..<layer.shape[0] {
      let mask = a.channel(k).resized(height: 8, width: 8)
      let (least, greatest) = (mask.scalars.min()!, mask.scalars.max()!)
      if least == greatest { continue }
      var image = network.sample
      for i in image.scalars.indices { image[i] *= (mask.scalars[i % 64] - least) / (greatest - least) }
      scores[k] = Double(try network.trace(image).logits.scalars[1])
    }
    #expect(scores.count > 2)
    let total = scores.values.reduce(0) { $0 + exponential($1) }
    let weights = try ScoreCAM().channelWeights(of: layer, in: session).scalars
    for k in weights.indices {
      #expect(abs(Double(weights[k]) - (scores[k].map { exponential($0) / total } ?? 0)) < 1e-5)
    }
  }

  @Test func `a constant added to the logits changes no weight`() throws {
    struct Raised: Target {
      func score(of outputs: Outputs) throws -> Score {
        let score = try ClassLogit(index: 1).score(of: outputs)
        return Score(value: score.value + 5, cotangent: score.cotangent, classIndex: 1)
      }
    }
    let layer = try network.layer("relu2")
    let plain = try ScoreCAM().channelWeights(of: layer, in: session(of: network, for: .logit(1)))
    let raised = try ScoreCAM().channelWeights(of: layer, in: session(of: network, for: Raised()))
    #expect(plain.distance(to: raised) < 1e-5)
    #expect(abs(plain.scalars.reduce(0, +) - 1) < 1e-5)
  }

  @Test func `only the channels that vary most are used when asked`() throws {
    let session = try session(of: network), layer = try network.layer("conv2")
    let all = try ScoreCAM().channelWeights(of: layer, in: session)
    let two = try ScoreCAM(targetLayer: .matching("conv2"), top: .most(2)).channelWeights(of: layer, in: session)
    let order = try session.activation(at: layer).spatialVariance().descendingOrder()
    #expect(Set(two.scalars.indices.filter { two.scalars[$0] > 0 }) == Set(order.prefix(2)))
    let ratio = all.scalars[order[0]] / all.scalars[order[1]]
    #expect(abs(two.scalars[order[0]] / two.scalars[order[1]] - ratio) < 1e-3 * ratio)
    #expect(try ScoreCAM(top: .most(99)).channelWeights(of: layer, in: session) == all)
    let remarks = try ScoreCAM(targetLayer: .matching("conv2"), top: .most(2)).attribution(in: session).remarks
    #expect(remarks == ["2 of \(layer.shape[0]) channels were used as masks"])
  }

  @Test func `where every channel is flat there is nothing to see`() throws {
    let flat = try ExplanationSession(
      of: ChainNetwork.tiny(), on: Tensor(repeating: 0.4, shape: [3, 4, 4]), for: .logit(0))
    let map = try ScoreCAM().attribution(in: flat)
    #expect(map.status == .zeroGradient)
    #expect(map.remarks == ["0 of 6 channels were used as masks"])
  }

  @Test func `it costs a forward pass for each channel that may be used`() throws {
    #expect("\(ScoreCAM().cost(on: nil))" == "a forward pass for each channel of the layer")
    #expect(ScoreCAM(top: .most(2)).cost(on: nil) == .forward(2))
    for (method, count) in [(ScoreCAM(), 4), (ScoreCAM(top: .most(2)), 2), (ScoreCAM(top: .most(99)), 4)] {
      #expect(method.cost(on: network) == .forward(count))
    }
    let before = network.forwardPasses
    _ = try ScoreCAM(targetLayer: .matching("conv2"), top: .most(3)).channelWeights(
      of: network.layer("conv2"), in: session(of: network))
    #expect(network.forwardPasses - before == 1 + 3)
  }

  @Test(arguments: [0, -1]) func `a value with no channels says so when it is run`(count: Int) throws {
    let expected = AttributionError.unusableParameter(
      "top", value: "\(count)", method: "score-cam", expected: "all, or a whole number from 1")
    #expect(throws: expected) { try ScoreCAM(top: .most(count)).attribution(in: session(of: network)) }
  }

  @Test(arguments: ["0", "-1", "some"]) func `a number of channels that makes no sense is refused`(top: String) {
    #expect(throws: AttributionError.self) { try ScoreCAM.descriptor.method(["top": top]) }
  }
}

/// `eˣ` by its series, so that the test does not lean on the library it checks.
private func exponential(_ x: Double) -> Double {
  var (term, sum) = (1.0, 1.0)
  for n in 1..<80 {
    term *= x / Double(n)
    sum += term
  }
  return sum
}

extension ChainNetwork {
  /// 3×3 convolution → ReLU → max pooling → 3×3 convolution → ReLU → linear: masks that are coarser than the image.
  static func closed() -> ChainNetwork {
    ChainNetwork(
      input: [2, 8, 8],
      [
        .convolution("conv1", kernels: .scattered([3, 2, 3, 3], 0.61803), bias: .scattered([3], 0.3)),
        .relu("relu1"), .maxPool("pool"),
        .convolution("conv2", kernels: .scattered([4, 3, 3, 3], 0.41421), bias: .scattered([4], 0.7)),
        .relu("relu2"),
        .linear("logits", weights: .scattered([3, 64], 0.73205), bias: .scattered([3], 0.9)),
      ])
  }
}

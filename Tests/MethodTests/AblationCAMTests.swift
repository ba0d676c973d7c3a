import AblationCAMMethod
import AttributionKit
import CAMMethod
import Tensors
import TestSupport
import Testing

@Suite struct AblationCAMTests {
  let network = ChainNetwork.tiny()

  /// The layers after the target written out: pooling, then the linear layer.
  @Test func `weights are equation 3`() throws {
    let session = try session(of: network, for: .logit(1)), layer = try network.layer("relu2")
    let a = try session.activation(at: layer), matrix = Tensor.scattered([4, 6], 0.73205).scalars
    func score(without k: Int?) -> Double {
      (0..<6).filter { $0 != k }.reduce(0) { sum, j in
        sum + Double(matrix[6 + j]) * a.scalars[j * 16..<(j + 1) * 16].reduce(0) { $0 + Double($1) } / 16
      }
    }
    let weights = try AblationCAM().channelWeights(of: layer, in: session).scalars
    for k in 0..<6 {
      #expect(abs(Double(weights[k]) - (score(without: nil) - score(without: k)) / score(without: nil)) < 1e-4)
    }
    #expect(weights.contains { $0 != 0 })
  }

  /// After global average pooling without offsets the shares are all there is.
  @Test func `on a pooled linear head the weights add up to one`() throws {
    for target in 0..<4 {
      let session = try session(of: network, for: .logit(target))
      let weights = try AblationCAM().channelWeights(of: network.layer("relu2"), in: session)
      #expect(abs(weights.scalars.reduce(0, +) - 1) < 1e-3)
      let cam = try CAM().channelWeights(of: network.layer("relu2"), in: session)
      let means = try session.activation(at: network.layer("relu2")).spatialMean()
      #expect((session.score.value * weights).distance(to: cam * means) < 1e-4)
    }
  }

  @Test func `a channel that is silent already has no share`() throws {
    let session = try session(of: network), layer = try network.layer("relu1")
    let a = try session.activation(at: layer)
    let weights = try AblationCAM(targetLayer: .matching("relu1")).channelWeights(of: layer, in: session).scalars
    for k in weights.indices where a.channel(k).scalars.allSatisfy({ $0 == 0 }) { #expect(weights[k] == 0) }
    #expect(weights.contains { $0 != 0 })
  }

  @Test func `it costs a pass of the network after the layer for each channel`() throws {
    let cost = AblationCAM().cost(on: network)
    #expect(cost.resumed == 6 && cost.forward == 0 && cost.backward == 0 && !cost.isShared)
    #expect("\(cost)" == "6 passes of the network after 'relu2'")
    #expect(
      "\(AblationCAM().cost(on: nil))"
        == "a pass of the network after the layer for each channel of the layer")
  }

  @Test func `scores without shares say so`() throws {
    struct Fixed: Target {
      let value: Float
      func score(of outputs: Outputs) -> Score {
        Score(value: value, cotangent: 0 * outputs.logits, classIndex: 0)
      }
    }
    let none = try AblationCAM().attribution(in: session(of: network, for: Fixed(value: 0)))
    #expect(none.status == .zeroGradient && none.remarks.count == 1)
    let negative = try AblationCAM().attribution(in: session(of: network, for: Fixed(value: -1)))
    #expect(negative.remarks[0].contains("negative"))
    #expect(try AblationCAM().attribution(in: session(of: network, for: Fixed(value: 1))).remarks.isEmpty)
  }
}

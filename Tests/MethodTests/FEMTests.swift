import AttributionKit
import FEMMethod
import Tensors
import TestSupport
import Testing

@Suite struct FEMTests {
  @Test(arguments: [Float(1), 2]) func `each channel's mean, where it is that far above it`(deviations: Float) throws {
    let network = ChainNetwork.closed(), session = try referenceSession(network), layer = try network.layer("relu2")
    let a = try session.activation(at: layer).scalars
    var expected = [Double](repeating: 0, count: 16)
    for k in 0..<4 {
      let channel = (0..<16).map { Double(a[k * 16 + $0]) }
      let mean = channel.reduce(0, +) / 16
      let deviation = (channel.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 16).squareRoot()
      for p in 0..<16 where channel[p] >= mean + Double(deviations) * deviation { expected[p] += mean }
    }
    let map = try FEM(deviations: deviations).attribution(in: session).values.scalars
    for p in 0..<16 { #expect(abs(Double(map[p]) - expected[p]) < 1e-5) }
    #expect(map.contains { $0 > 0 } && map.contains { $0 == 0 })
  }

  /// Not the share of places above the threshold times the activation, as pytorch-grad-cam has it.
  @Test func `one strong place in a quiet channel stands alone`() throws {
    let network = ChainNetwork(
      input: [1, 4, 4], [.linear("logits", weights: .scattered([1, 16], 0.3), bias: Tensor([0], shape: [1]))])
    var x = Tensor(repeating: 1, shape: [1, 4, 4])
    x[5] = 17
    let session = try ExplanationSession(of: network, on: x, for: .logit(0))
    let map = try FEM(targetLayer: .matching("input")).attribution(in: session).values
    #expect(map == 2 * Tensor.oneHot(5, count: 16).reshaped([4, 4]), "the mean, 2, at that place")
  }

  @Test func `on four places nothing can stand out, and a flat channel never does`() throws {
    let network = ChainNetwork(
      input: [1, 2, 2], [.linear("logits", weights: .scattered([1, 4], 0.3), bias: Tensor([0], shape: [1]))])
    let session = try ExplanationSession(of: network, on: Tensor([0, 0, 0, 9], shape: [1, 2, 2]), for: .logit(0))
    let map = try FEM(targetLayer: .matching("input")).attribution(in: session)
    #expect(map.status == .zeroGradient)
    #expect(map.remarks == ["of 4 places none can be 2.0 deviations above the mean"])
    let flat = try ExplanationSession(of: network, on: Tensor(repeating: 9, shape: [1, 2, 2]), for: .logit(0))
    #expect(try FEM(targetLayer: .matching("input"), deviations: 0).attribution(in: flat).status == .zeroGradient)
  }
}

import AttributionKit
import OptiCAMMethod
import Tensors
import TestSupport
import Testing

@Suite struct OptiCAMTests {
  let network = ChainNetwork.closed()

  /// The score of the image seen through the map of these weights.
  private func score(_ weights: Tensor, _ session: ExplanationSession, _ layer: Layer) throws -> Float {
    let map = try session.activation(at: layer).channelSum(weighedBy: weights)
    let mask = map.resized(height: 8, width: 8).scaledToUnit()
    return try network.trace(network.sample * mask).logits.scalars[1]
  }

  @Test func `the score of the masked image climbs`() throws {
    let session = try referenceSession(network), layer = try network.layer("relu2")
    var last = try score(Tensor(repeating: 0.25, shape: [4]), session, layer)
    for steps in [5, 20, 60] {
      let weights = try OptiCAM(steps: steps).channelWeights(of: layer, in: session)
      let next = try score(weights, session, layer)
      #expect(next > last - 1e-3)
      last = next
      #expect(abs(weights.scalars.reduce(0, +) - 1) < 1e-5 && weights.scalars.allSatisfy { $0 > 0 })
    }
    #expect(try last > score(Tensor(repeating: 0.25, shape: [4]), session, layer) + 0.01)
  }

  /// Adam's first step goes the whole rate in the direction of each derivative's sign, which differences tell.
  @Test func `the first step goes up the slope`() throws {
    let session = try referenceSession(network), layer = try network.layer("relu2")
    let weights = try OptiCAM(steps: 1, rate: 0.01).channelWeights(of: layer, in: session).scalars
    for k in 0..<4 {
      func moved(_ step: Float) throws -> Float {
        var u = Tensor(repeating: 0, shape: [4])
        u[k] = step
        return try score(u.softmax(), session, layer)
      }
      let slope = try (moved(1e-2) - moved(-1e-2)) / 2e-2
      guard abs(slope) > 1e-3 else { continue }
      let others = (0..<4).filter { $0 != k }.map { weights[$0] }
      #expect(slope > 0 ? weights[k] >= others.min()! : weights[k] <= others.max()!, "channel \(k)")
    }
    let up = Set(weights.map { $0 > 0.25 })
    #expect(up == [true, false], "some are moved up and some down")
  }

  @Test func `it takes as many passes as steps, and a flat mask leaves the weights equal`() throws {
    let session = try referenceSession(network)
    _ = try OptiCAM(steps: 3).attribution(in: session)
    #expect(network.forwardPasses == 1 + 3 && OptiCAM(steps: 3).cost(on: nil) == .forward(3) + .backward(3))
    let flat = try ExplanationSession(
      of: ChainNetwork.tiny(), on: Tensor(repeating: 0.4, shape: [3, 4, 4]), for: .logit(0))
    let layer = try ChainNetwork.tiny().layer("relu2")
    let weights = try OptiCAM().channelWeights(of: layer, in: flat)
    #expect(weights.distance(to: Tensor(repeating: 1 / 6, shape: [6])) < 1e-6)
    #expect(throws: AttributionError.self) { try OptiCAM(steps: 0).attribution(in: session) }
  }
}

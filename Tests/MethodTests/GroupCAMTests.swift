import AttributionKit
import GradCAMMethod
import GroupCAMMethod
import Tensors
import TestSupport
import Testing

@Suite struct GroupCAMTests {
  let network = ChainNetwork.closed()

  /// Four channels in two groups, each written out.
  @Test func `groups are weighed by what showing them adds to the blurred image`() throws {
    let session = try referenceSession(network), layer = try network.layer("relu2")
    let a = try session.activation(at: layer), w = try session.gradient(at: layer).spatialMean()
    let x = network.sample, x0 = try session.baseline(.blur)
    func score(_ image: Tensor) throws -> Float { try network.trace(image).logits.scalars[1] }
    var expected = Tensor(repeating: 0, shape: [4, 4])
    for group in [0..<2, 2..<4] {
      var map = group.reduce(Tensor(repeating: 0, shape: [4, 4])) { $0 + w.scalars[$1] * a.channel($1) }.rectified()
      let sorted = map.scalars.sorted(), bound = sorted[10] + 0.5 * (sorted[11] - sorted[10])
      map = map.map { $0 < bound ? 0 : $0 }
      let mask = map.resized(height: 8, width: 8).scaledToUnit()
      let shown = x * mask + x0 * mask.map { 1 - $0 }
      expected = expected + (try score(shown) - score(x0)) * map
    }
    let map = try GroupCAM(groups: 2).attribution(in: session)
    #expect(map.values.distance(to: expected) < 1e-3)
    #expect(expected.magnitudes().scalars.max()! > 0.01)
  }

  @Test func `one group is Grad-CAM's positive part, times one score`() throws {
    let session = try referenceSession(network)
    let map = try GroupCAM(groups: 1, denoise: 0).attribution(in: session).values
    let gradCAM = try GradCAM().attribution(in: session).values.rectified()
    let factor = map.scalars.reduce(0, +) / gradCAM.scalars.reduce(0, +)
    #expect(map.distance(to: factor * gradCAM) < 1e-3)
  }

  @Test func `it makes a pass for each group and the baseline, and no more groups than channels`() throws {
    let session = try referenceSession(network)
    _ = try GroupCAM().attribution(in: session)
    #expect(network.forwardPasses == 1 + 4 + 1 && session.backwardPasses == 1)
    #expect(GroupCAM().cost(on: network) == .shared + .forward(5) && GroupCAM().cost(on: nil) == .shared + .forward(33))
    #expect(throws: AttributionError.self) { try GroupCAM(groups: 0).attribution(in: session) }
  }
}

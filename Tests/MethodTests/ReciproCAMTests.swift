import AttributionKit
import CAMMethod
import ReciproCAMMethod
import Tensors
import TestSupport
import Testing

@Suite struct ReciproCAMTests {
  /// The masks written out, with `[1, 2, 1]ᵀ[1, 2, 1] / 16` around each place.
  @Test(arguments: [PlaceMask.gaussian, .single]) func `each place is the score of what is left around it`(
    mask: PlaceMask
  ) throws {
    let network = ChainNetwork.closed(), session = try referenceSession(network), layer = try network.layer("relu2")
    let a = try session.activation(at: layer)
    var scores: [Float] = []
    for y in 0..<4 {
      for x in 0..<4 {
        var left = 0 * a
        for i in a.scalars.indices {
          let (dy, dx) = (abs(i % 16 / 4 - y), abs(i % 4 - x))
          let share: Float = mask == .single ? (dy + dx == 0 ? 1 : 0) : dy > 1 || dx > 1 ? 0 : 1 / Float(4 << (dy + dx))
          left[i] = share * a.scalars[i]
        }
        scores.append(try session.scores(of: 1, replacing: layer) { _ in left }[0])
      }
    }
    let map = try ReciproCAM(mask: mask).attribution(in: session)
    #expect(map.values.distance(to: Tensor(scores.map { $0 - scores.min()! }, shape: [4, 4])) < 1e-4)
    #expect(map.layer == layer && map.values.scalars.min() == 0)
  }

  @Test func `on a pooled linear head, single places make CAM, up to a shift`() throws {
    let session = try referenceSession(.pooled())
    let cam = 1 / 16 * (try CAM().attribution(in: session).values), least = cam.scalars.min()!
    let map = try ReciproCAM(mask: .single).attribution(in: session).values
    #expect(map.distance(to: cam.map { $0 - least }) < 1e-4)
  }

  @Test func `it costs a run after the layer for each place, and no gradient`() throws {
    let network = ChainNetwork.closed(), session = try referenceSession(network)
    _ = try ReciproCAM().attribution(in: session)
    #expect(network.forwardPasses == 1 && session.backwardPasses == 0)
    #expect(ReciproCAM().cost(on: network).resumed == 16)
    #expect("\(ReciproCAM().cost(on: nil))" == "a pass of the network after the layer for each place of the layer")
  }

  @Test func `where all places are alike none stands out`() throws {
    let flat = try ExplanationSession(
      of: ChainNetwork.tiny(), on: Tensor(repeating: 0.4, shape: [3, 4, 4]), for: .logit(0))
    #expect(try ReciproCAM(mask: .single).attribution(in: flat).values.scalars.allSatisfy { abs($0) < 1e-6 })
  }
}

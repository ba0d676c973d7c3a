import AttributionKit
import OcclusionMethod
import SBSMMethod
import Tensors
import TestSupport
import Testing

@Suite struct SBSMTests {
  let network = ChainNetwork.tiny(side: 6)

  /// Windows looked up one by one, by the likeness to another image.
  @Test func `a pixel has the mean loss of likeness over the windows that cover it`() throws {
    let target = Similarity(to: Tensor([0.3, -1, 0.5, 2], shape: [4]))
    let session = try session(of: network, for: target), grid = try session.grid
    let map = try SBSM(window: .pixels(3), stride: .pixels(2)).attribution(in: session).values
    let black = Tensor(repeating: 0, shape: [3, 6, 6])
    for y in 0..<6 {
      for x in 0..<6 {
        var losses: [Float] = []
        for top in [0, 2, 4] where (top..<top + 3).contains(y) {
          for left in [0, 2, 4] where (left..<left + 3).contains(x) {
            let window = ImageGrid.Window(rows: top..<min(top + 3, 6), columns: left..<min(left + 3, 6))
            let covered = grid.replacing(window, of: network.sample, by: black)
            losses.append(max(0, session.score.value - (try session.repeated(on: covered).score.value)))
          }
        }
        #expect(abs(map.scalars[y * 6 + x] - losses.reduce(0, +) / Float(losses.count)) < 1e-5)
      }
    }
    #expect(map.scalars.min()! >= 0 && map.scalars.max()! > 0)
  }

  @Test func `where every drop is a loss it is occlusion`() throws {
    let sum = ChainNetwork(
      input: [1, 4, 4],
      [.linear("logits", weights: Tensor(repeating: 0.5, shape: [1, 16]), bias: Tensor([1], shape: [1]))])
    let bright = try ExplanationSession(of: sum, on: Tensor(repeating: 1, shape: [1, 4, 4]), for: .logit(0))
    #expect(
      try SBSM().attribution(in: bright).values == Occlusion(baseline: .zero).attribution(in: bright).values)
    let opposite = try bright.retargeted(to: Opposite(of: ClassLogit(index: 0)))
    #expect(try SBSM().attribution(in: opposite).status == .zeroGradient)
  }

  @Test(arguments: ["window", "stride"]) func `a window without extent is refused`(name: String) {
    #expect(throws: AttributionError.self) { try SBSM.descriptor.method([name: "0"]) }
    #expect(throws: AttributionError.self) { try SBSM(window: .pixels(0)).attribution(in: session(of: network)) }
  }
}

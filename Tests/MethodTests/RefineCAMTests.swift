import AttributionKit
import GradCAMPlusPlusMethod
import RefineCAMMethod
import Tensors
import TestSupport
import Testing

@Suite struct RefineCAMTests {
  let network = ChainNetwork.closed()

  /// The last layer of the 8 × 8 grid is the first rectifier.
  @Test func `it is the product of the maps on the last layers of both grids`() throws {
    let session = try referenceSession(network)
    func scaled(_ name: String) throws -> Tensor {
      let map = try GradCAMPlusPlus(targetLayer: .matching(name)).attribution(in: session).values.rectified()
      return 1 / map.scalars.max()! * map
    }
    let expected = try scaled("relu1") * scaled("relu2").resized(height: 8, width: 8)
    let map = try RefineCAM().attribution(in: session)
    #expect(map.values.distance(to: expected) < 1e-5)
    #expect(map.layer.name == "relu1" && map.remarks == ["the product of the maps on relu1, relu2"])
    #expect(map.values.scalars.allSatisfy { (0...1).contains($0) })
  }

  @Test func `of one grid it is Grad-CAM++, rectified and scaled`() throws {
    let session = try referenceSession(network)
    let map = try RefineCAM(grids: 1).attribution(in: session)
    let plain = try GradCAMPlusPlus().attribution(in: session).values.rectified()
    #expect(map.layer.name == "relu2" && map.values.distance(to: 1 / plain.scalars.max()! * plain) < 1e-6)
    #expect(throws: AttributionError.self) { try RefineCAM(grids: 0).attribution(in: session) }
  }

  @Test func `it walks back once, and where a layer shows nothing so does the product`() throws {
    let session = try referenceSession(network)
    _ = try RefineCAM().attribution(in: session)
    #expect(session.backwardPasses == 1)
    let against = ChainNetwork(
      input: [2, 2, 2],
      [.relu("relu"), .linear("logits", weights: Tensor(repeating: -1, shape: [1, 8]), bias: Tensor([3], shape: [1]))])
    let dark = try ExplanationSession(of: against, on: Tensor(repeating: 1, shape: [2, 2, 2]), for: .logit(0))
    #expect(try RefineCAM().attribution(in: dark).status == .zeroGradient)
  }
}

import AttributionKit
import PolyCAMMethod
import ScoreCAMMethod
import Tensors
import TestSupport
import Testing

@Suite struct PolyCAMTests {
  let network = ChainNetwork.closed()

  private func score(_ image: Tensor) throws -> Float { try network.trace(image).logits.scalars[1] }

  /// The rectified map of a layer, its weights written out.
  private func map(_ name: String, _ weights: MaskedWeights) throws -> Tensor {
    let a = try referenceSession(network).activation(at: network.layer(name)), x = network.sample
    var sum = Tensor(repeating: 0, shape: Array(a.shape.dropFirst()))
    for k in 0..<a.shape[0] where !a.channel(k).isFlat {
      let mask = a.channel(k).resized(height: 8, width: 8).scaledToUnit()
      let plus = try score(x * mask) - score(0 * x)
      let minus = max(0, try score(x) - score(x * mask.map { 1 - $0 }))
      sum = sum + (weights == .plus ? plus : weights == .minus ? minus : plus + minus) * a.channel(k)
    }
    return sum.rectified()
  }

  @Test(arguments: MaskedWeights.allCases) func `the deep map is multiplied by the shallow one's detail`(
    weights: MaskedWeights
  ) throws {
    let (shallow, deep) = (try map("relu1", weights), try map("relu2", weights))
    let local = shallow.resized(height: 4, width: 4).resized(height: 8, width: 8).map { max($0, 1e-12) }
    let expected = shallow / local * deep.resized(height: 8, width: 8)
    let poly = try PolyCAM(weights: weights).attribution(in: referenceSession(network))
    #expect(poly.layer.name == "relu1")
    #expect(poly.values.distance(to: expected) < 1e-3 * max(1, expected.scalars.max()!))
  }

  @Test func `on a single grid it is the map alone`() throws {
    let tiny = ChainNetwork.tiny(), session = try session(of: tiny)
    let poly = try PolyCAM(weights: .plus).attribution(in: session)
    #expect(poly.layer.name == "relu2" && poly.values.scalars.allSatisfy { $0 >= 0 })
  }

  @Test(arguments: [(MaskedWeights.plus, 8), (MaskedWeights.minus, 7), (MaskedWeights.both, 15)])
  func `it makes the passes it says`(
    weights: MaskedWeights, passes: Int
  ) throws {
    _ = try PolyCAM(weights: weights).attribution(in: referenceSession(network))
    #expect(PolyCAM(weights: weights).cost(on: network) == .forward(passes))
    #expect(network.forwardPasses == 1 + passes)
  }

  @Test func `few channels are told, and flat ones show nothing`() throws {
    let map = try PolyCAM(top: .most(2)).attribution(in: referenceSession(network))
    #expect(map.remarks == ["channels used as masks: 2 of 4 of 'relu2', 2 of 3 of 'relu1'"])
    let flat = try ExplanationSession(
      of: ChainNetwork.tiny(), on: Tensor(repeating: 0.4, shape: [3, 4, 4]), for: .logit(0))
    #expect(try PolyCAM().attribution(in: flat).status == .zeroGradient)
  }
}

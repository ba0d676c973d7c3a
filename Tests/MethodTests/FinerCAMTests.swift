import AttributionKit
import FinerCAMMethod
import GradCAMMethod
import Tensors
import TestSupport
import Testing

@Suite struct FinerCAMTests {
  let network = ChainNetwork.tiny()

  private func gradCAM(_ target: Int) throws -> Tensor {
    try GradCAM().attribution(in: session(of: network, for: .logit(target))).values
  }

  /// Grad-CAM is linear in the score, so that the equation can be put together from maps of single classes.
  @Test func `it is Grad-CAM less that of the nearest classes`() throws {
    for target in 0..<4 {
      let session = try session(of: network, for: .logit(target)), logits = session.logits.scalars
      let nearest = (0..<4).filter { $0 != target }.sorted {
        abs(logits[$0] - logits[target]) < abs(logits[$1] - logits[target])
      }
      for count in 1...3 {
        let others = try nearest.prefix(count).map(gradCAM).reduce(0 * gradCAM(target), +)
        let expected = try gradCAM(target) - 0.6 / Float(count) * others
        let map = try FinerCAM(classes: count).attribution(in: session)
        #expect(map.values.distance(to: expected) < 1e-5)
        let names = nearest.prefix(count).map { "\($0)" }.joined(separator: ", ")
        #expect(map.remarks == ["held against the classes \(names)"])
      }
    }
  }

  @Test func `with all strength it does not see what a constant adds to every class`() throws {
    let session = try session(of: network)
    let map = try FinerCAM(strength: 0).attribution(in: session).values
    #expect(try map.distance(to: GradCAM().attribution(in: session).values) < 1e-6)
    #expect(try FinerCAM(classes: 99).attribution(in: session).values == FinerCAM().attribution(in: session).values)
  }

  @Test func `with a single logit there is no other class, and it is Grad-CAM`() throws {
    let one = ChainNetwork(
      input: [2, 2, 2], [.linear("logits", weights: .scattered([1, 8], 0.3), bias: Tensor([1], shape: [1]))])
    let session = try session(of: one, for: .logit(0)), method = FinerCAM(targetLayer: .matching("input"))
    let map = try method.attribution(in: session)
    #expect(try map.values == GradCAM(targetLayer: .matching("input")).attribution(in: session).values)
    #expect(map.remarks == ["there is no other class to hold this one against, so that this is Grad-CAM"])
  }

  @Test func `of a region, the other classes are asked in the same places`() throws {
    let places = ChainNetwork(
      input: [2, 2, 2],
      [.convolution("logits", kernels: .scattered([3, 2, 1, 1], 0.61803), bias: .scattered([3], 0.3))])
    let region = OutputRegion.weights(Tensor([1, 0, 0, 1], shape: [2, 2])), layer = TargetLayer.matching("input")
    func map(_ method: any AttributionMethod, _ target: Int) throws -> Tensor {
      try method.attribution(in: session(of: places, for: RegionMean(of: .logit(target), over: region))).values
    }
    let gradCAM = GradCAM(targetLayer: layer)
    let expected = try map(gradCAM, 1) - 0.3 * (map(gradCAM, 0) + map(gradCAM, 2))
    #expect(try map(FinerCAM(targetLayer: layer, classes: 2), 1).distance(to: expected) < 1e-5)
  }

  @Test func `a score about no class, and no class to compare with, are errors`() throws {
    struct Sum: Target {
      func score(of outputs: Outputs) throws -> Score {
        Score(value: outputs.logits.scalars.reduce(0, +), cotangent: outputs.logits.map { _ in 1 })
      }
    }
    #expect(throws: AttributionError.notAboutAClass) {
      try FinerCAM().attribution(in: session(of: network, for: Sum()))
    }
    #expect(throws: AttributionError.self) { try FinerCAM(classes: 0).attribution(in: session(of: network)) }
  }
}

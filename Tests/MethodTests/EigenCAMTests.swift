import AttributionKit
import EigenCAMMethod
import EigenGradCAMMethod
import KPCACAMMethod
import SegEigenCAMMethod
import Tensors
import TestSupport
import Testing

@Suite struct EigenCAMTests {
  @Test(
    arguments: [
      ("eigen-cam", EigenCAM()), ("eigengrad-cam", EigenGradCAM()), ("seg-eigen-cam", SegEigenCAM()),
      ("kpca-cam sigmoid", KPCACAM()), ("kpca-cam rbf", KPCACAM(kernel: .rbf)),
    ] as [(String, any AttributionMethod)]) func `maps agree with pytorch-grad-cam's, their signs set`(
      name: String, method: any AttributionMethod
    ) throws
  {
    let map = try method.attribution(in: referenceSession())
    #expect(map.values.distance(to: reference(name, [4, 4])) < 1e-4)
  }

  /// What makes them principal components: no other weights of length one make a map that varies more.
  @Test func `no other direction varies as much`() throws {
    let network = ChainNetwork.closed(), session = try referenceSession(network), layer = try network.layer("relu2")
    let a = try session.activation(at: layer)
    func variation(_ map: Tensor) -> Float { map.meanAndDeviation().deviation }
    let most = variation(try EigenCAM().attribution(in: session).values)
    for seed in 0..<50 {
      let direction = Tensor(gaussianNoise: [4], seed: UInt64(seed))
      let length = direction.scalars.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(variation(a.channelSum(weighedBy: 1 / length * direction)) <= most + 1e-4)
    }
  }

  @Test func `Eigen-CAM is of no class, and EigenGrad-CAM is`() throws {
    let session = try referenceSession(), other = try session.retargeted(to: .logit(0))
    #expect(try EigenCAM().attribution(in: session) == EigenCAM().attribution(in: other))
    #expect(
      try EigenGradCAM().attribution(in: session).values.distance(to: EigenGradCAM().attribution(in: other).values)
        > 0.1)
    #expect(EigenCAM().cost(on: nil) == .zero && EigenGradCAM().cost(on: nil) == .shared)
  }

  @Test func `Seg-Eigen-CAM turns the place of the greatest size to the light, also for the opposite score`() throws {
    let session = try referenceSession(), against = try session.retargeted(to: Opposite(of: .logit(1)))
    let map = try SegEigenCAM().attribution(in: session).values
    #expect(try SegEigenCAM().attribution(in: against).values == map, "sizes of gradients know no sign")
    #expect(map.scalars.max()! >= -map.scalars.min()!)
  }

  @Test func `with the linear kernel KPCA-CAM is Eigen-CAM`() throws {
    let session = try referenceSession()
    let linear = try KPCACAM(kernel: .linear).attribution(in: session).values
    #expect(try linear.distance(to: EigenCAM().attribution(in: session).values) < 1e-4)
    let wide = try KPCACAM(kernel: .rbf, gamma: .fixed(1e-5)).attribution(in: session).values
    let scaled = 1 / wide.scalars.max()! * wide, plain = 1 / linear.scalars.max()! * linear
    #expect(scaled.distance(to: plain) < 1e-2, "and with a very wide one nearly so, but for scale")
  }

  @Test func `where no two places differ there is nothing to see`() throws {
    let flat = try ExplanationSession(
      of: ChainNetwork.tiny(), on: Tensor(repeating: 0.4, shape: [3, 4, 4]), for: .logit(0))
    for method in [EigenCAM(), EigenGradCAM(), SegEigenCAM(), KPCACAM()] as [any AttributionMethod] {
      #expect(try method.attribution(in: flat).status == .zeroGradient)
    }
  }

  @Test func `layers of too many places are refused by their likenesses`() throws {
    let network = ChainNetwork.tiny(side: 72), session = try session(of: network)
    #expect(throws: AttributionError.self) { try KPCACAM().attribution(in: session) }
    #expect(throws: Never.self) { try EigenCAM().attribution(in: session) }
    #expect(Gamma("0.5") == .fixed(0.5) && Gamma("automatic") == .automatic && Gamma("0") == nil && Gamma("inf") == nil)
  }
}

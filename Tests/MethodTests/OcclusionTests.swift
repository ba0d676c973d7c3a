import AttributionKit
import OcclusionMethod
import Tensors
import TestSupport
import Testing

@Suite struct OcclusionTests {
  let network = ChainNetwork.tiny(side: 7)

  /// Every pixel's windows looked up one by one.
  @Test(arguments: [(3, 2), (2, 2), (7, 1), (9, 4), (1, 1)]) func `a pixel has the mean drop of the windows over it`(
    window: Int, stride: Int
  ) throws {
    let session = try session(of: network, for: .logit(2))
    let method = Occlusion(window: .pixels(window), stride: .pixels(stride), baseline: .zero)
    let map = try method.attribution(in: session)
    #expect(map.isMap && map.layer == network.input)
    var starts = [0]
    while starts[starts.count - 1] + window < 7 { starts.append(starts[starts.count - 1] + stride) }
    for y in 0..<7 {
      for x in 0..<7 {
        var drops: [Float] = []
        for top in starts where (top..<top + window).contains(y) {
          for left in starts where (left..<left + window).contains(x) {
            var image = network.sample
            for c in 0..<3 {
              for i in top..<min(top + window, 7) {
                for j in left..<min(left + window, 7) { image[(c * 7 + i) * 7 + j] = 0 }
              }
            }
            drops.append(session.score.value - (try network.trace(image).logits.scalars[2]))
          }
        }
        #expect(!drops.isEmpty)
        #expect(abs(map.values.scalars[y * 7 + x] - drops.reduce(0, +) / Float(drops.count)) < 1e-5)
      }
    }
  }

  /// The score of this network is a sum over pixels: windows of one pixel take it apart exactly.
  @Test func `on a network that sees each pixel alone the drops add up`() throws {
    let session = try session(of: network, for: .logit(0))
    let map = try Occlusion(window: .pixels(1), stride: .pixels(1), baseline: .zero).attribution(in: session)
    let dark = try network.trace(0 * network.sample).logits.scalars[0]
    #expect(abs(map.values.scalars.reduce(0, +) - (session.score.value - dark)) < 1e-4)
  }

  @Test func `covering an image with itself changes nothing`() throws {
    let flat = try ExplanationSession(of: network, on: Tensor(repeating: 0.3, shape: [3, 7, 7]), for: .logit(0))
    #expect(try Occlusion(baseline: .mean).attribution(in: flat).values.magnitudes().scalars.max() ?? 1 < 1e-5)
  }

  @Test func `pixels between windows count nothing`() throws {
    let method = Occlusion(window: .pixels(1), stride: .pixels(3), baseline: .zero)
    let map = try method.attribution(in: session(of: network, for: .logit(0))).values
    for y in 0..<7 { for x in 0..<7 where y % 3 != 0 || x % 3 != 0 { #expect(map.scalars[y * 7 + x] == 0) } }
    #expect(map.scalars[0] != 0)
  }

  @Test(arguments: [(1, 6), (2, 7), (3, 100), (1, Int.max), (Int.max, 1)])
  func `strides and windows may exceed the image`(window: Int, stride: Int) throws {
    let method = Occlusion(window: .pixels(window), stride: .pixels(stride), baseline: .zero)
    #expect(try method.attribution(in: session(of: network, for: .logit(0))).values.shape == [7, 7])
  }

  @Test(arguments: ["0", "-1", "wide"]) func `a window without extent is refused`(window: String) {
    #expect(throws: AttributionError.self) { try Occlusion.descriptor.method(["window": window]) }
  }

  @Test func `a value with no window or stride says so when it is run`() throws {
    for method in [Occlusion(window: .pixels(0)), Occlusion(stride: .pixels(-2))] {
      #expect(throws: AttributionError.self) { try method.attribution(in: session(of: network)) }
    }
  }

  @Test(arguments: [
    Occlusion(), Occlusion(window: .pixels(3), stride: .pixels(1)), Occlusion(window: .pixels(7)),
    Occlusion(window: .pixels(1), stride: .pixels(3)),
  ]) func `it costs a forward pass for each window`(method: Occlusion) throws {
    _ = try method.attribution(in: session(of: network))
    #expect(method.cost(on: network) == .forward(network.forwardPasses - 1))
    #expect("\(method.cost(on: nil))" == "a forward pass for each window")
  }

  @Test func `on the usual input it is 169 windows`() {
    let large = ChainNetwork(input: [3, 224, 224], [.globalAveragePool("pool")])
    #expect(Occlusion().cost(on: large) == .forward(169))
  }
}

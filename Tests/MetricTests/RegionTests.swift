import AttributionKit
import FaithfulnessMetrics
import Masks
import Tensors
import TestSupport
import Testing

/// Pixel flipping, region perturbation and IROF.
@Suite struct RegionTests {
  /// `y = Σ x` over 4 × 4 pixels that are 1 … 16.
  let sum = ChainNetwork(
    input: [1, 4, 4],
    [.linear("logits", weights: Tensor(repeating: 1, shape: [1, 16]), bias: Tensor(repeating: 0, shape: [1]))],
    probabilityLink: .identity)
  let image = Tensor((1...16).map(Float.init), shape: [1, 4, 4])

  func judged(_ map: Tensor) throws -> Explanation { try explanation(map, of: sum, on: image, for: .logit(0)) }

  @Test func `region perturbation is what Quantus computes`() throws {
    let explanation = try explanation(
      ChainNetwork.judgedMap, of: .judged, on: ChainNetwork.judgedImage, for: .logit(1))
    let result = try RegionPerturbation(size: 2, regions: 12, baseline: .zero).result(for: explanation)
    let expected = try #require(metricReferences["region-perturbation"])
    #expect(abs(try #require(result.value) - expected) < 1e-5)
  }

  @Test func `the region whose map adds up to the most goes first`() throws {
    // Quarters of 2 × 2: their maps add up to 4, 0, 8, 0, their pixels to 14, 22, 46, 54.
    let map = Tensor([1, 1, 5, -5, 1, 1, 0, 0, 2, 2, 0, 0, 2, 2, 0, 0], shape: [4, 4])
    let result = try RegionPerturbation(size: 2, regions: 9, baseline: .zero, score: .score).result(for: judged(map))
    // Of the two equal ones the first in the image goes first.
    #expect(result.curves[0].y == [136, 90, 76, 54, 0])
    #expect(result.curves[0].x == [0, 1, 2, 3, 4])
    #expect(abs(result.value! - (136 - Float(136 + 90 + 76 + 54 + 0) / 5)) < 1e-4)
  }

  @Test func `regions at the border are cut off`() throws {
    let map = Tensor((0..<16).map { Float($0 == 15 ? 1 : 0) }, shape: [4, 4])
    let result = try RegionPerturbation(size: 3, regions: 1, baseline: .zero, score: .score).result(for: judged(map))
    #expect(result.curves[0].y == [136, 120])
  }

  @Test func `IROF is the area over the share of the score that is left`() throws {
    let map = Tensor([1, 1, 5, -5, 1, 1, 0, 0, 2, 2, 0, 0, 2, 2, 0, 0], shape: [4, 4])
    let result = try IROF(superpixels: .grid, segments: 4, baseline: .zero).result(for: judged(map))
    #expect(result.curves[0].y == [136, 90, 76, 54, 0])
    #expect(abs(result.value! - (1 - (136 / 2 + 90 + 76 + 54 + 0) / 4 / 136)) < 1e-5)
    #expect(result.remarks == ["4 superpixels"])
  }

  @Test func `IROF says nothing of a score that is not above zero`() throws {
    let explanation = try explanation(
      Tensor(repeating: 1, shape: [4, 4]), of: sum, on: -image, for: .logit(0))
    #expect(try IROF(superpixels: .grid, segments: 4).result(for: explanation).value == nil)
  }

  @Test func `a map that is the same everywhere hides regions in their order`() throws {
    let map = Tensor(repeating: 0, shape: [4, 4])
    let result = try IROF(superpixels: .grid, segments: 4, baseline: .zero).result(for: judged(map))
    #expect(result.curves[0].y == [136, 122, 100, 54, 0])
  }

  @Test func `pixel flipping begins with what speaks most for the score, not with what is largest`() throws {
    var values = Tensor(repeating: 0, shape: [2, 2, 2])
    // Pixels of two channels: −9 + 1, 2 + 1, 0, 0.
    for (index, value) in [(0, -9), (4, 1), (1, 2), (5, 1)] as [(Int, Float)] { values[index] = value }
    let network = ChainNetwork(
      input: [2, 2, 2],
      [.linear("logits", weights: Tensor(repeating: 1, shape: [1, 8]), bias: Tensor(repeating: 0, shape: [1]))])
    let image = Tensor([8, 4, 2, 1, 0, 0, 0, 0], shape: [2, 2, 2])
    let explanation = try explanation(values, of: network, on: image, for: .logit(0))
    let result = try PixelFlipping(steps: 4, baseline: .zero).result(for: explanation)
    #expect(result.curves[0].y == [15, 11, 9, 8, 0])
    #expect(result.curves[0].values == "score")
    #expect(result.value == 8.875)
  }
}

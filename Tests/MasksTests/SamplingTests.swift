import Masks
import Tensors
import TestSupport
import Testing

@Suite struct SamplingTests {
  @Test func `a grid's masks are cells, stretched and shifted, always the same by their number`() {
    let masks = RandomGridMasks(cells: 3, probability: 0.5, height: 11, width: 10, seed: 4)
    #expect(masks[5] == masks[5] && masks[5] != masks[6] && masks[5].shape == [11, 10])
    #expect(masks[5] != RandomGridMasks(cells: 3, probability: 0.5, height: 11, width: 10, seed: 5)[5])
    // Every mask is the stretched grid at one of the 4 × 4 places within the first cell.
    let places = (0..<20).map { index -> Int in
      let mask = masks[index]
      return (0..<16).filter { place in
        (0..<512).contains { cells in
          let grid = Tensor((0..<9).map { Float(cells >> $0 & 1) }, shape: [3, 3])
          let (top, left) = (place / 4, place % 4)
          return grid.resized(height: 16, width: 16, rows: top..<top + 11, columns: left..<left + 10) == mask
        }
      }.count
    }
    #expect(places.allSatisfy { $0 >= 1 })
  }

  @Test(arguments: [0.2, 0.5] as [Float]) func `pixels are on as often as is asked`(probability: Float) {
    let masks = RandomGridMasks(cells: 5, probability: probability, height: 15, width: 15, seed: 0)
    let mean = (0..<2000).reduce(Tensor(repeating: 0, shape: [15, 15])) { $0 + masks[$1] }.map { $0 / 2000 }
    #expect(mean.scalars.allSatisfy { abs($0 - probability) < 0.05 })
  }

  @Test func `masks of segments show whole segments, each by itself`() {
    let segmentation = Segmentation.grid(rows: 4, columns: 4, height: 8, width: 8)
    let masks = RandomSegmentMasks(of: segmentation, probability: 0.5, seed: 1)
    let shown = (0..<1000).map { masks.choice($0) }
    for (a, b) in [(0, 1), (3, 12), (5, 6)] {
      let both = shown.count { $0[a] && $0[b] }
      #expect((200...300).contains(both), "\(both) of 1000")
    }
    #expect(masks[7] == segmentation.mask(showing: masks.choice(7)))
  }

  /// Sobol's property in one dimension: of 2ᵏ points one lies in each of 2ᵏ intervals, shifted or not.
  @Test(arguments: [nil, 17] as [UInt64?]) func `points are even in each dimension`(seed: UInt64?) {
    let sequence = SobolSequence(dimensions: 120, seed: seed)
    let points = (0..<256).map { sequence[$0] }
    for dimension in 0..<120 {
      for k in [3, 8] {
        let cells = points.prefix(1 << k).map { Int($0[dimension] * Float(1 << k)) }
        #expect(Set(cells).count == 1 << k, "dimension \(dimension)")
      }
    }
    #expect(Set(points.map { $0.map(\.bitPattern) }).count == 256)
  }

  /// The first two dimensions, worked by hand from the polynomial x + 1; in Antonov and Saleev's order.
  @Test func `the first points are those of the books`() {
    let sequence = SobolSequence(dimensions: 2)
    #expect(
      (0..<8).map { sequence[$0] } == [
        [0, 0], [0.5, 0.5], [0.75, 0.25], [0.25, 0.75], [0.375, 0.375], [0.875, 0.875], [0.625, 0.125], [0.125, 0.625],
      ])
  }

  @Test func `no two dimensions are alike, and sums over a cube converge faster than by chance`() {
    let sequence = SobolSequence(dimensions: 40)
    let points = (0..<1024).map { sequence[$0] }
    #expect(Set((0..<40).map { d in points.map { $0[d] } }).count == 40)
    // ∫ Π (1 + (x_d − ½)/4) = 1 over ten dimensions.
    let mean = points.reduce(0.0) { $0 + Double($1.prefix(10).reduce(1) { $0 * (1 + ($1 - 0.5) / 4) }) } / 1024
    #expect(abs(mean - 1) < 2e-3)
  }
}

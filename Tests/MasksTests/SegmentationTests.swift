import Masks
import Tensors
import TestSupport
import Testing

@Suite struct SegmentationLabelTests {
  @Test func `segments are numbered as they are met`() {
    let segmentation = Segmentation([7, 7, 2, 7, 9, 2], height: 2, width: 3)
    #expect(segmentation.labels == [0, 0, 1, 0, 2, 1] && segmentation.count == 3)
    #expect(segmentation.sizes == [3, 2, 1])
    #expect(segmentation.map(of: [5, 6, 7]) == Tensor([5, 5, 6, 5, 7, 6], shape: [2, 3]))
    #expect(segmentation.means(of: Tensor([1, 2, 3, 6, 4, 5], shape: [2, 3])) == [3, 4, 4])
    #expect(segmentation.mask(showing: [true, false, true]).scalars == [1, 1, 0, 1, 1, 0])
  }

  @Test func `a grid has cells as equal as pixels allow`() {
    let grid = Segmentation.grid(rows: 2, columns: 3, height: 5, width: 7)
    #expect(grid.count == 6)
    #expect(grid.sizes.reduce(0, +) == 35 && grid.sizes.max()! <= 9 && grid.sizes.min()! >= 4)
    #expect(Segmentation.grid(rows: 9, columns: 9, height: 2, width: 3).count == 6)
    #expect(Segmentation.grid(of: 50, height: 70, width: 70).count == 49)
    #expect(Segmentation.grid(of: 8, height: 20, width: 40).count == 8)
  }

  /// A flood from every pixel, one after another.
  @Test(arguments: 0..<6) func `components are what a flood reaches`(seed: Int) {
    let (height, width) = (13, 17)
    var generator = SplitMix64(seed: UInt64(seed))
    let mask = (0..<height * width).map { _ in generator.uniform() < 0.55 }
    var labels = Array(repeating: -1, count: mask.count)
    for start in mask.indices where labels[start] < 0 {
      var open = [start]
      while let p = open.popLast() {
        guard labels[p] < 0 else { continue }
        labels[p] = start
        let (y, x) = (p / width, p % width)
        if y > 0, mask[p - width] == mask[p] { open.append(p - width) }
        if y + 1 < height, mask[p + width] == mask[p] { open.append(p + width) }
        if x > 0, mask[p - 1] == mask[p] { open.append(p - 1) }
        if x + 1 < width, mask[p + 1] == mask[p] { open.append(p + 1) }
      }
    }
    let components = Segmentation(connecting: mask, height: height, width: width)
    #expect(components == Segmentation(labels, height: height, width: width))
    #expect(components.count > 10)
  }
}

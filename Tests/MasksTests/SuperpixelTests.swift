import Masks
import Tensors
import TestSupport
import Testing

@Suite struct SuperpixelTests {
  let picture = SuperpixelReferences.picture

  @Test(arguments: [(20, 10.0, SuperpixelReferences.slic20), (60, 1.0, SuperpixelReferences.slic60)])
  func `SLIC gives every pixel the segment that scikit-image gives it`(
    count: Int, compactness: Double, letters: String
  ) {
    let segmentation = Segmentation.slic(picture, count: count, compactness: compactness)
    #expect(segmentation == SuperpixelReferences.segmentation(letters))
  }

  @Test func `quickshift gives every pixel the segment that scikit-image gives it`() {
    let segmentation = Segmentation.quickshift(picture, kernelSize: 2, greatestDistance: 6, colorWeight: 0.5)
    #expect(segmentation == SuperpixelReferences.segmentation(SuperpixelReferences.quickshift))
  }

  /// Scikit-image is told of segments only; that places decide where colours are equal follows from the equation.
  @Test func `of one colour SLIC cuts squares and quickshift one piece`() {
    let flat = Tensor(repeating: 0.5, shape: [3, 20, 20])
    let squares = Segmentation.slic(flat, count: 4)
    #expect(squares.count == 4 && squares.sizes.allSatisfy { (81...121).contains($0) })
    #expect(Segmentation.quickshift(flat).count == 1)
  }

  @Test(arguments: [(1, 1), (1, 9), (9, 1), (2, 30), (4, 4)]) func `pictures of any shape are cut`(
    height: Int, width: Int
  ) {
    let picture = Tensor.ramp([3, height, width])
    for kind in Superpixels.allCases {
      for count in [1, 5, 50] {
        let segmentation = kind.segmentation(of: picture.scaledToUnit(), count: count)
        #expect(segmentation.labels.count == height * width)
        #expect((1...height * width).contains(segmentation.count))
        #expect(segmentation.sizes.allSatisfy { $0 > 0 })
      }
    }
  }

  @Test func `every segment of SLIC is connected`() {
    let segmentation = Segmentation.slic(picture, count: 40, compactness: 0.5)
    #expect(
      Segmentation(connecting: segmentation.labels, height: 30, width: 40).count == segmentation.count)
  }

  @Test func `pictures of one channel keep their grey`() {
    let gray = Tensor(Array(picture.scalars.prefix(1200)), shape: [1, 30, 40])
    #expect(Segmentation.slic(gray, count: 20, compactness: 0.1).count > 10)
  }
}

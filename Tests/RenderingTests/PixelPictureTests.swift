import Images
import Rendering
import Tensors
import Testing

@Suite struct PixelPictureTests {
  /// Two channels over two pixels: sums 1 and −3, sums of magnitudes 3 and 5.
  private let attribution = Tensor([2, -4, -1, 1], shape: [2, 1, 2])

  @Test func `grey sums magnitudes and ends at the largest of a few`() {
    let (picture, extent) = PixelPicture.grey.raster(of: attribution)
    #expect(extent == 5)
    #expect(picture.samples == [153, 153, 153, 255, 255, 255])
  }

  @Test func `signed sums values symmetrically about white`() {
    let (picture, extent) = PixelPicture.signed.raster(of: attribution)
    #expect(extent == 3)
    #expect(rgb(picture[1, 0]) == rgb(ColorMap.diverging[0]))
    #expect(rgb(picture[0, 0]) == rgb(ColorMap.diverging[Float(2) / 3]))
  }

  @Test func `one bright pixel in a hundred does not darken the others`() {
    var values = Tensor(repeating: 1, shape: [1, 20, 20])
    values[7] = 1000
    let (picture, extent) = PixelPicture.grey.raster(of: values)
    #expect(extent == 1)
    #expect(picture.samples.allSatisfy { $0 == 255 })
  }

  @Test(arguments: [1, 2, 99, 5000])
  func `a rank is what sorting would give`(_ count: Int) {
    let numbers = (0..<count).map { Float(($0 * 7919) % count) / 3 } + [0, 0x1p-133]
    let sorted = numbers.sorted()
    for rank in [0, count / 3, count, count + 1] { #expect(numbers.ranked(rank) == sorted[rank]) }
  }

  @Test func `a single lit pixel is seen although its percentile is zero`() {
    var values = Tensor(repeating: 0, shape: [3, 30, 30])
    values[7] = -2
    let (picture, extent) = PixelPicture.grey.raster(of: values)
    #expect(extent == 2)
    #expect(picture.samples.filter { $0 == 255 }.count == 3)
  }

  @Test func `nothing stays nothing in every display`() {
    let zero = Tensor(repeating: 0, shape: [3, 2, 2])
    #expect(PixelPicture.grey.raster(of: zero).extent == 0)
    #expect(PixelPicture.grey.raster(of: zero).picture.samples.allSatisfy { $0 == 0 })
    #expect(PixelPicture.signed.raster(of: zero).picture.samples.allSatisfy { $0 >= 245 })
    #expect(PixelPicture.color.raster(of: zero).picture.samples.allSatisfy { $0 == 128 })
  }

  @Test func `colour lies a tenth of a deviation around the middle`() {
    // Mean 0, deviation 1: ±1 show as 0.6 and 0.4.
    let values = Tensor([1, -1, 1, -1, 1, -1], shape: [3, 1, 2])
    #expect(PixelPicture.color.raster(of: values).picture.samples == [153, 153, 153, 102, 102, 102])
  }

  @Test func `values that are not numbers do not end the program`() {
    let values = Tensor([.nan, 1, .infinity, -1, .nan, 0], shape: [3, 1, 2])
    for display in PixelPicture.allCases {
      #expect(display.raster(of: values).picture.width == 2)
    }
  }
}

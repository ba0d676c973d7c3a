import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct ImageGridTests {
  let first = ImageGrid([3, 4, 5]), last = ImageGrid([4, 5, 3])

  @Test func `channels come first, or last where only that makes sense`() throws {
    #expect(try #require(first).isChannelsLast == false)
    #expect(try #require(last).isChannelsLast)
    #expect(try #require(last).channels == 3 && last?.height == 4 && last?.width == 5)
    #expect(ImageGrid([7]) == nil && ImageGrid([3, 0, 4]) == nil)
  }

  @Test(arguments: [[3, 4, 5], [4, 5, 3]]) func `colours, masks and windows mean the same in both orders`(
    shape: [Int]
  ) throws {
    let grid = try #require(ImageGrid(shape))
    func value(_ image: Tensor, _ c: Int, _ y: Int, _ x: Int) -> Float {
      image.scalars[grid.isChannelsLast ? (y * 5 + x) * 3 + c : (c * 4 + y) * 5 + x]
    }
    let image = Tensor.ramp(shape), blue = grid.filled(with: [1, 2, 3])
    let mask = Tensor.scattered([4, 5], 0.4142), masked = grid.masked(image, by: mask)
    let covered = grid.replacing(.init(rows: 1..<3, columns: 2..<4), of: image, by: blue)
    for c in 0..<3 {
      for y in 0..<4 {
        for x in 0..<5 {
          #expect(value(blue, c, y, x) == Float(c + 1))
          #expect(value(masked, c, y, x) == value(image, c, y, x) * mask.scalars[y * 5 + x])
          let isInside = (1..<3).contains(y) && (2..<4).contains(x)
          #expect(value(covered, c, y, x) == (isInside ? Float(c + 1) : value(image, c, y, x)))
        }
      }
    }
  }
}

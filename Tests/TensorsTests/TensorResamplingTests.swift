import Tensors
import TestSupport
import Testing

@Suite struct TensorResamplingTests {
  @Test func `doubling two pixels places the new centres at quarters`() {
    #expect(Tensor([0, 4], shape: [1, 2]).resized(height: 1, width: 4).scalars == [0, 1, 3, 4])
    #expect(Tensor([0, 4], shape: [2, 1]).resized(height: 4, width: 1).scalars == [0, 1, 3, 4])
  }

  @Test(arguments: [(7, 7, 23, 19), (5, 9, 3, 4), (1, 1, 6, 5)]) func `each position mixes its four neighbours`(
    h: Int, w: Int, height: Int, width: Int
  ) {
    let source = Tensor.ramp([2, h, w])
    let resized = source.resized(height: height, width: width)
    #expect(resized.shape == [2, height, width])
    func at(_ c: Int, _ y: Double, _ x: Double) -> Double {
      let (y, x) = (min(max(y, 0), Double(h - 1)), min(max(x, 0), Double(w - 1)))
      var sum = 0.0
      for row in 0..<h {
        for column in 0..<w {
          let weight = max(0, 1 - abs(y - Double(row))) * max(0, 1 - abs(x - Double(column)))
          sum += weight * Double(source.scalars[(c * h + row) * w + column])
        }
      }
      return sum
    }
    for c in 0..<2 {
      for y in 0..<height {
        for x in 0..<width {
          let expected = at(
            c, (Double(y) + 0.5) * Double(h) / Double(height) - 0.5, (Double(x) + 0.5) * Double(w) / Double(width) - 0.5
          )
          #expect(abs(Double(resized.scalars[(c * height + y) * width + x]) - expected) < 1e-5)
        }
      }
    }
  }

  @Test func `a part is cut out of the whole`() {
    let source = Tensor.ramp([2, 3, 4]), whole = source.resized(height: 11, width: 9)
    let part = source.resized(height: 11, width: 9, rows: 2..<7, columns: 4..<9)
    #expect(part.shape == [2, 5, 5])
    for i in 0..<50 {
      let (c, y, x) = (i / 25, i / 5 % 5 + 2, i % 5 + 4)
      #expect(part.scalars[i] == whole.scalars[(c * 11 + y) * 9 + x])
    }
  }

  @Test func `a constant stays constant and the same size is the same tensor`() {
    let constant = Tensor(repeating: 0.7, shape: [4, 4])
    #expect(
      constant.resized(height: 1000, width: 1000).distance(to: Tensor(repeating: 0.7, shape: [1000, 1000])) < 1e-6)
    let ramp = Tensor.ramp([3, 6, 6])
    #expect(ramp.resized(height: 6, width: 6) == ramp)
  }
}

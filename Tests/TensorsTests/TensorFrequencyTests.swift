import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct TensorFrequencyTests {
  /// The definition, with every frequency written out.
  private func naive(_ map: Tensor, cutoff: Double) -> Tensor {
    let (h, w) = (map.shape[0], map.shape[1])
    var result = [Double](repeating: 0, count: h * w)
    for u in -((h - 1) / 2)...h / 2 {
      for v in -((w - 1) / 2)...w / 2 {
        let radius = (pow(Double(u) / Double(h), 2) + pow(Double(v) / Double(w), 2)).squareRoot() * Double(min(h, w))
        guard radius <= cutoff + 1e-9 else { continue }
        var (a, b) = (0.0, 0.0)
        func angle(_ y: Int, _ x: Int) -> Double {
          2 * .pi * (Double(u * y) / Double(h) + Double(v * x) / Double(w))
        }
        for y in 0..<h {
          for x in 0..<w {
            a += Double(map.scalars[y * w + x]) * cos(angle(y, x))
            b -= Double(map.scalars[y * w + x]) * sin(angle(y, x))
          }
        }
        for y in 0..<h {
          for x in 0..<w { result[y * w + x] += (a * cos(angle(y, x)) - b * sin(angle(y, x))) / Double(h * w) }
        }
      }
    }
    return Tensor(result.map(Float.init), shape: map.shape)
  }

  @Test(arguments: [[6, 6], [5, 7], [4, 9], [1, 8], [7, 2]], [0, 1, 1.5, 2, 2.9])
  func `what stays is what the transform has below the cutoff`(shape: [Int], cutoff: Float) {
    let map = Tensor.scattered(shape, 0.61803)
    #expect(map.lowPass(cutoff: cutoff).distance(to: naive(map, cutoff: Double(cutoff))) < 1e-6)
  }

  @Test func `the mean stays, and with a high cutoff everything`() {
    let image = Tensor.scattered([3, 8, 6], 0.41421)
    for k in 0..<3 {
      let mean = image.lowPass(cutoff: 0).channel(k)
      #expect(mean.distance(to: image.channel(k).map { _ in image.channel(k).meanAndDeviation().mean }) < 1e-6)
    }
    #expect(image.lowPass(cutoff: 100).distance(to: image) < 1e-6)
    let sums = image.lowPass(cutoff: 2).spatialSum()
    #expect(sums.distance(to: image.spatialSum()) < 1e-5)
  }

  @Test func `a wave goes at its own frequency`() {
    let wave = Tensor((0..<16).map { Float(cos(2 * .pi * 3 * Double($0 % 16) / 16)) }, shape: [1, 16])
    let tall = Tensor((0..<16).flatMap { _ in wave.scalars }, shape: [16, 16])
    #expect(tall.lowPass(cutoff: 3).distance(to: tall) < 1e-6)
    #expect(tall.lowPass(cutoff: 2.99).distance(to: 0 * tall) < 1e-6)
  }

  @Test func `blurring is the Gaussian mean of what lies inside`() {
    let map = Tensor.scattered([2, 7, 9], 0.73205), deviation: Float = 1.3
    let blurred = map.blurred(deviation: deviation)
    for (k, y, x) in [(0, 0, 0), (1, 3, 4), (1, 6, 8), (0, 2, 7)] {
      var (sum, total) = (0.0, 0.0)
      for v in 0..<7 {
        for u in 0..<9 where abs(v - y) <= 4 && abs(u - x) <= 4 {
          let square = Double((v - y) * (v - y) + (u - x) * (u - x))
          let weight = exp(-square / (2 * Double(deviation) * Double(deviation)))
          sum += weight * Double(map.scalars[(k * 7 + v) * 9 + u])
          total += weight
        }
      }
      #expect(abs(Double(blurred.scalars[(k * 7 + y) * 9 + x]) - sum / total) < 1e-5)
    }
    #expect(map.blurred(deviation: 0) == map)
  }

  @Test func `a scalar is found by its rank`() {
    let numbers = Tensor([3, -1, .infinity, 0, -7.5, 3], shape: [6])
    #expect((0..<6).map { numbers.scalar(atRank: $0) } == [-7.5, -1, 0, 3, 3, .infinity])
  }
}

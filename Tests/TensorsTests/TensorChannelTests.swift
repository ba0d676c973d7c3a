import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct TensorChannelTests {
  let stack = Tensor.scattered([3, 4, 5], 0.61803)

  @Test func `a channel is its part of the scalars`() {
    #expect(stack.channel(1) == Tensor(Array(stack.scalars[20..<40]), shape: [4, 5]))
  }

  @Test func `a removed channel is zero and the others are untouched`() {
    let rest = stack.removing(channel: 1)
    #expect(rest.channel(1) == Tensor(repeating: 0, shape: [4, 5]))
    #expect(rest.channel(0) == stack.channel(0) && rest.channel(2) == stack.channel(2))
  }

  @Test func `scaling to the unit makes the least 0 and the greatest 1`() {
    let unit = Tensor([3, -1, 1], shape: [3]).scaledToUnit()
    #expect(unit.scalars == [1, 0, 0.5])
    #expect(Tensor([2, 2], shape: [2]).scaledToUnit().scalars == [0, 0])
    #expect(Tensor([], shape: [0]).scaledToUnit().scalars.isEmpty)
  }

  @Test func `flat means all equal`() {
    #expect(Tensor([2, 2], shape: [2]).isFlat)
    #expect(!Tensor([2, 2.5], shape: [2]).isFlat)
    #expect(Tensor([], shape: [0]).isFlat)
  }

  @Test func `variances are the mean squared distances from the mean`() {
    let variances = Tensor([1, 3, 5, 5], shape: [2, 1, 2]).spatialVariance()
    #expect(variances.scalars == [1, 0])
  }

  /// The two-dimensional sum written out, each axis' weights scaled to add up to one inside the border.
  @Test func `blurring is a Gaussian mean in both directions`() {
    let blurred = stack.blurred(deviation: 0.8)
    func weight(_ d: Int) -> Double { abs(d) <= 3 ? exp(-Double(d * d) / (2 * 0.8 * 0.8)) : 0 }
    for (k, y, x) in [(0, 0, 0), (1, 2, 3), (2, 3, 4)] {
      var (sum, total) = (0.0, 0.0)
      for i in 0..<4 {
        for j in 0..<5 {
          sum += weight(i - y) * weight(j - x) * Double(stack.scalars[(k * 4 + i) * 5 + j])
          total += weight(i - y) * weight(j - x)
        }
      }
      #expect(abs(Double(blurred.scalars[(k * 4 + y) * 5 + x]) - sum / total) < 1e-5)
    }
    #expect(stack.blurred(deviation: 0) == stack)
    #expect(
      Tensor(repeating: 3, shape: [4, 4]).blurred(deviation: 2).distance(to: Tensor(repeating: 3, shape: [4, 4])) < 1e-5
    )
  }
}

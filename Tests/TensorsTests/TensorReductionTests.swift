import Tensors
import TestSupport
import Testing

@Suite struct TensorReductionTests {
  let x = Tensor.ramp([3, 4, 5])

  @Test func `sums agree with loops over the indices`() {
    for k in 0..<3 {
      let sum = (0..<20).reduce(Float(0)) { $0 + x.scalars[k * 20 + $1] }
      #expect(abs(x.spatialSum().scalars[k] - sum) < 1e-5)
      #expect(abs(x.spatialMean().scalars[k] - sum / 20) < 1e-6)
    }
    let weights = Tensor([2, -1, 0.5], shape: [3])
    let weighed = x.channelSum(weighedBy: weights)
    #expect(weighed.shape == [4, 5])
    for p in 0..<20 {
      let expected = 2 * x.scalars[p] - x.scalars[20 + p] + 0.5 * x.scalars[40 + p]
      #expect(abs(weighed.scalars[p] - expected) < 1e-6)
    }
  }

  @Test func `a channel's sum does not lose small numbers beside large ones`() {
    let tensor = Tensor([1e8] + Array(repeating: 1, count: 1023), shape: [1, 32, 32])
    #expect(tensor.spatialSum().scalars == [Float(1e8 + 1023)])
  }

  @Test func `softmax adds up to one however large the logits`() {
    let p = Tensor([1000, 1001, 999], shape: [3]).softmax()
    #expect(abs(p.scalars.reduce(0, +) - 1) < 1e-6)
    #expect(abs(p.scalars[1] - 0.66524096) < 1e-6)
  }

  @Test func `the logistic function is one half at zero and symmetric about it`() {
    let s = Tensor([0, 3, -3, 200, -200], shape: [5]).sigmoid().scalars
    #expect(s[0] == 0.5)
    #expect(abs(s[1] + s[2] - 1) < 1e-6)
    #expect(s[3] == 1 && s[4] < 1e-30)
  }

  @Test func `equal scalars keep their order and NaNs come last`() {
    #expect(Tensor([1, 3, .nan, 3, -.infinity, 2], shape: [6]).descendingOrder() == [1, 3, 5, 0, 2, 4])
  }

  @Test func `a percentile lies between its two neighbours`() {
    let tensor = Tensor([40, 10, 30, 20, 50], shape: [5])
    #expect(tensor.percentile(0) == 10)
    #expect(tensor.percentile(50) == 30)
    #expect(tensor.percentile(90) == 46)
    #expect(tensor.percentile(100) == 50)
    #expect(Tensor([], shape: [0]).percentile(99) == 0)
    #expect(tensor.percentile(-5) == 10 && tensor.percentile(200) == 50)
  }

  @Test(arguments: [1, 2, 99, 5000])
  func `percentiles are what sorting gives, whatever the signs`(count: Int) {
    let some = (0..<count).map { Float(($0 * 7919) % count - count / 3) / 3 }
    let numbers = some + [0, 0x1p-133, -0x1p-133, 1e30, -1e30]
    let sorted = numbers.sorted()
    for rank in [0, 1, count / 3, count / 2, count + 2, count + 3, count + 4] {
      let percent = Float(100 * Double(rank) / Double(sorted.count - 1)), found = Double(percent) / 100
      // The rank that the rounded percentage names, which may lie a little below or above.
      let place = found * Double(sorted.count - 1), lower = Int(place)
      let upper = min(lower + 1, sorted.count - 1)
      let expected = sorted[lower] + Float(place - Double(lower)) * (sorted[upper] - sorted[lower])
      #expect(Tensor(numbers, shape: [numbers.count]).percentile(percent) == expected)
    }
  }

  @Test func `mean and deviation are those of the whole population`() {
    let (mean, deviation) = Tensor([2, 4, 4, 4, 5, 5, 7, 9], shape: [8]).meanAndDeviation()
    #expect(mean == 5 && deviation == 2)
  }
}

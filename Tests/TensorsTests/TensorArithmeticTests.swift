import Tensors
import TestSupport
import Testing

@Suite struct TensorArithmeticTests {
  let x = Tensor.ramp([3, 4, 5]), y = Tensor.ramp([3, 4, 5], phase: 0.61)

  @Test func `operators work on each pair of scalars`() {
    for i in x.scalars.indices {
      let (a, b) = (x.scalars[i], y.scalars[i])
      #expect((x + y).scalars[i] == a + b)
      #expect((x - y).scalars[i] == a - b)
      #expect((x * y).scalars[i] == a * b)
      #expect((x / y).scalars[i] == a / b)
      #expect((-x).scalars[i] == -a)
      #expect(x.magnitudes().scalars[i] == abs(a))
    }
  }

  @Test func `a vector of channels spans their extent, on either side`() {
    let v = Tensor([2, 3, 5], shape: [3])
    for i in x.scalars.indices {
      #expect((x / v).scalars[i] == x.scalars[i] / v.scalars[i / 20])
      #expect((v / x).scalars[i] == v.scalars[i / 20] / x.scalars[i])
    }
  }

  @Test func `a map meets every channel, on either side`() {
    let map = Tensor.ramp([4, 5], phase: 0.3)
    for i in x.scalars.indices {
      #expect((x - map).scalars[i] == x.scalars[i] - map.scalars[i % 20])
      #expect((map - x).scalars[i] == map.scalars[i % 20] - x.scalars[i])
    }
  }

  @Test func `rectifying keeps what is not a number`() {
    let rectified = Tensor([-1, 0, 2, .nan], shape: [4]).rectified().scalars
    #expect(rectified.prefix(3) == [0, 0, 2])
    #expect(rectified[3].isNaN)
  }
}

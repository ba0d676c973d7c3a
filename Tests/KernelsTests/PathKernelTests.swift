import Kernels
import TestSupport
import Testing

@Suite struct PathKernelTests {
  /// Each scalar by itself, whatever the layouts; of 20 channels, blocks of 16 are not full.
  @Test(arguments: [1, 8, 16, 20], [1, 16]) func `points lie between the ends, and add up by their weights`(
    side: Int, otherSide: Int
  ) throws {
    func laid(_ array: NDArray, _ side: Int) throws -> NDArray {
      side == 1 ? array : array.reordered(to: try .blocked(array.shape, width: side))
    }
    let start = NDArray(.scattered([1, 20, 3, 5], 0.618)), end = NDArray(.scattered([1, 20, 3, 5], 0.414))
    let places: [Float] = [0, 0.25, 1], weights: [Float] = [2, -1, 0.5]
    let found = try points(from: laid(start, side), to: laid(end, otherSide), at: places)
    #expect(found.shape == [3, 20, 3, 5])
    let (a, b) = (start.scalars, end.scalars)
    for (point, scalars) in zip(places, found.scalars.chunked(by: 300)) {
      for k in 0..<300 { #expect(abs(scalars[k] - ((1 - point) * a[k] + point * b[k])) < 1e-6) }
    }
    let sum = try weightedSum(laid(NDArray(found.scalars, shape: found.shape), side), weights)
    #expect(sum.shape == [1, 20, 3, 5])
    for (k, value) in sum.scalars.enumerated() { #expect(abs(value - (1.25 * a[k] + 0.25 * b[k])) < 1e-5) }
  }

  @Test func `what does not fit together is refused`() {
    let one = NDArray(repeating: 1, shape: [1, 2, 2]), two = NDArray(repeating: 1, shape: [2, 2, 2])
    #expect(throws: KernelError.self) { try points(from: one, to: two, at: [0]) }
    #expect(throws: KernelError.self) { try points(from: two, to: two, at: [0]) }
    #expect(throws: KernelError.self) { try points(from: one, to: one, at: []) }
    #expect(throws: KernelError.self) { try weightedSum(two, [1]) }
  }
}

extension [Float] {
  fileprivate func chunked(by size: Int) -> [[Float]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<$0 + size]) }
  }
}

import Kernels
import Testing

/// One after the other, since all share the process's pool and threads.
@Suite(.serialized) struct PoolTests {
  @Test func `memory that was given back is used again`() {
    // No other test asks for as much.
    let count = 12_345_678
    var storage: Storage? = Storage(count: count)
    let first = storage?.pointer
    storage = nil
    #expect(BufferPool.retainedBytes >= count * 4)
    #expect(Storage(count: count).pointer == first)
  }

  @Test func `the number of threads can be set`() throws {
    let before = Threads.count
    #expect(before >= 1)
    Threads.count = 1
    #expect(Threads.count == 1)
    let x = noise([1, 16, 8, 8])
    let alone = try convolution(x, weights: noise([16, 16, 3, 3]), bias: nil, ConvolutionGeometry(padding: 1)).scalars
    Threads.count = 2
    let together = try convolution(x, weights: noise([16, 16, 3, 3]), bias: nil, ConvolutionGeometry(padding: 1))
      .scalars
    #expect(zip(alone, together).allSatisfy { abs($0 - $1) < 1e-5 })
    Threads.count = before
  }
}

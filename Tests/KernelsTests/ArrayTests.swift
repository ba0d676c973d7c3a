import Kernels
import Synchronization
import Tensors
import Testing

@Suite struct ArrayTests {
  @Test(arguments: [1, 3, 16, 17, 24], [8, 16])
  func `a blocked array holds the same scalars, and zeros in its padding`(_ channels: Int, _ width: Int) throws {
    let x = noise([2, channels, 3, 5])
    let y = x.reordered(to: try .blocked(x.shape, width: width))
    #expect(y.shape == x.shape)
    #expect(y.count == x.count)
    #expect(y.layout.hasPadding == (channels % width != 0))
    #expect(y.layout.storageCount == 2 * ((channels + width - 1) / width) * width * 15)
    #expect(hasCleanPadding(y))
    #expect(y.plain().scalars == x.scalars)
    #expect(y.tensor == Tensor(x.scalars, shape: x.shape))
    let firstColumn = y.withScalars { Array($0.prefix(width)) }
    let expected = (0..<width).map { $0 < channels ? x.scalars[$0 * 15] : 0 }
    #expect(firstColumn == expected)
  }

  @Test func `channels innermost is a layout too`() throws {
    let x = noise([2, 3, 4, 5])
    let y = x.reordered(to: try .blocked(x.shape, width: 3))
    #expect(!y.layout.isPlain && !y.layout.hasPadding)
    #expect(y.withScalars { Array($0) } == (try transposed(x, permutation: [0, 2, 3, 1])).scalars)
    #expect(y.scalars == x.scalars)
    #expect(throws: KernelError.self) { try Layout.blocked([2, 3, 4, 5], width: 5) }
  }

  @Test func `layouts are equal where shapes and blocks are`() throws {
    let shape = [1, 24, 4, 4]
    #expect(try Layout.blocked(shape, width: 16) == .blocked(shape, width: 16))
    #expect(try Layout.blocked(shape, width: 16) != .blocked(shape, width: 8))
    #expect(try Layout.blocked(shape, width: 16) != .plain(shape))
    #expect(Layout.plain(shape) != .plain([24, 4, 4]))
  }

  @Test func `reshaping shares memory and keeps the order`() throws {
    let x = noise([2, 24, 3])
    #expect(x.reshaped([6, 24]).storage === x.storage)
    #expect(try blocked(x).reshaped([144]).scalars == x.scalars)
  }

  @Test func `a constant is reordered once, and other arrays each time`() throws {
    let target = try Layout.blocked([1, 24, 4, 4], width: 16)
    let x = noise(target.shape)
    let constant = x.asConstant()
    #expect(constant.reordered(to: target).storage === constant.reordered(to: target).storage)
    #expect(constant.reordered(to: target).isConstant)
    #expect(x.reordered(to: target).storage !== x.reordered(to: target).storage)
  }

  @Test func `borrowed memory is read in place and its owner kept alive`() throws {
    final class Owner: @unchecked Sendable {
      let memory = UnsafeMutablePointer<Float>.allocate(capacity: 6)
      let died: @Sendable () -> Void
      init(died: @escaping @Sendable () -> Void) {
        memory.initialize(repeating: 2, count: 6)
        self.died = died
      }
      deinit {
        memory.deallocate()
        died()
      }
    }
    let deaths = Counter()
    do {
      let array: NDArray
      do {
        let owner = Owner { deaths.increment() }
        array = NDArray(storage: Storage(borrowing: owner.memory, count: 6, owner: owner), shape: [2, 3])
      }
      #expect(deaths.value == 0)
      #expect(try combine(.add, array, array).scalars == [4, 4, 4, 4, 4, 4])
    }
    #expect(deaths.value == 1)
  }

  @Test func `memory is aligned to cache lines`() {
    for count in [1, 7, 100, 12345] {
      #expect(Int(bitPattern: Storage(count: count).pointer) % 64 == 0)
    }
  }

  @Test func `kernels may run on several threads at once`() async throws {
    let (x, weights) = (noise([1, 24, 12, 12]), noise([24, 24, 3, 3]).asConstant())
    let g = ConvolutionGeometry(padding: 1)
    let expected = try convolution(x, weights: weights, bias: nil, g, activation: .relu).scalars
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          (0..<10).allSatisfy { _ in
            let y = try? convolution(x, weights: weights, bias: nil, g, activation: .relu)
            return y?.scalars == expected
          }
        }
      }
      for await agrees in group { #expect(agrees) }
    }
  }

  @Test func `oneDNN says which version it is`() {
    let parts = oneDNNVersion().split(separator: ".").compactMap { Int($0) }
    #expect(parts.count == 3 && parts[0] >= 2)
  }
}

/// A count that several threads may raise.
private final class Counter: Sendable {
  private let count = Mutex(0)
  var value: Int { count.withLock { $0 } }
  func increment() { count.withLock { $0 += 1 } }
}

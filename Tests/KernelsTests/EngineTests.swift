import Foundation
import Kernels
import Synchronization
import Testing

@Suite struct EngineTests {
  @Test func `memory that was given back is used again, by the same engine alone`() {
    let (engine, other) = (Engine(), Engine()), count = 12_345
    let first = engine.run { Storage(count: count).pointer }
    #expect(engine.memory.retainedBytes >= count * 4 && other.memory.retainedBytes == 0)
    #expect(other.run { Storage(count: count).pointer } != first)
    #expect(engine.run { Storage(count: count).pointer } == first)
    engine.memory.trim()
    #expect(engine.memory.retainedBytes == 0)
  }

  @Test func `memory goes back to the engine that it came from, wherever it is given back`() {
    let (engine, other) = (Engine(), Engine())
    var storage: Storage? = engine.run { Storage(count: 1000) }
    #expect(storage?.count == 1000)
    other.run { storage = nil }
    #expect(engine.memory.retainedBytes >= 4000 && other.memory.retainedBytes == 0)
  }

  @Test func `no more memory is kept than an engine may keep`() {
    let engine = Engine(retainedBytes: 100_000)
    engine.run {
      let storages = (0..<20).map { _ in Storage(count: 2500) }
      #expect(storages.count == 20)
    }
    #expect((1...100_000).contains(engine.memory.retainedBytes))
  }

  @Test func `kernels run on as many threads as their engine has, whatever runs meanwhile`() throws {
    let counts = [1, 2, 3, 5]
    let found = Mutex<[Int: Set<Int>]>([:])
    let meeting = Meeting(of: counts.count)
    onThreads(counts.count) { index in
      Engine(threads: counts[index]).run {
        for _ in 0..<50 {
          // Each enters its kernel while the others are in theirs.
          meeting.wait()
          let parts = partCount()
          found.withLock { _ = $0[counts[index], default: []].insert(parts) }
        }
      }
    }
    #expect(found.withLock { $0 } == Dictionary(uniqueKeysWithValues: counts.map { ($0, [$0]) }))
  }

  @Test func `an engine within another is left again`() {
    let before = partCount()
    Engine(threads: 3).run {
      #expect(partCount() == 3 && Engine.current.threads == 3)
      Engine(threads: 2).run { #expect(partCount() == 2) }
      #expect(partCount() == 3)
      Engine.standard.run { #expect(partCount() == Engine.standard.threads) }
    }
    #expect(partCount() == before && before == Engine.availableThreads)
  }

  @Test func `denormal numbers are zero for kernels, and are again what they were after them`() {
    let tiny = [Float.leastNormalMagnitude, 0.5]
    func half() -> Float { tiny[0] * tiny[1] }
    #expect(half() > 0)
    Engine(threads: 2).run { #expect(half() == 0) }
    #expect(half() > 0)
  }

  @Test(arguments: [1, 2, 3]) func `the number of threads changes no more than the order of sums`(threads: Int) throws {
    let x = noise([1, 16, 8, 8]), weights = noise([16, 16, 3, 3]), geometry = ConvolutionGeometry(padding: 1)
    let usual = try convolution(x, weights: weights, bias: nil, geometry).scalars
    let found = try Engine(threads: threads).run { try convolution(x, weights: weights, bias: nil, geometry).scalars }
    #expect(zip(usual, found).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func `no more kernels are kept ready than an engine may keep`() throws {
    let engine = Engine(retainedKernels: 8), ones = [1, 1], zeros = [0, 0]
    let single = PoolingGeometry(
      kernel: ones, strides: ones, dilations: ones, paddingBefore: zeros, paddingAfter: zeros)
    for width in 1...30 {
      let x = noise([1, 3, 4, width])
      #expect(try engine.run { try maxPooling(x, single, outputShape: x.shape).scalars } == x.scalars)
      #expect((1...8).contains(engine.retainedKernels))
    }
  }

  @Test func `what was used last is kept`() {
    var cache = LeastRecentlyUsed<Int, Int>(capacity: 16)
    // The latest first.
    var uses: [Int] = []
    for step in 0..<2000 {
      let key = step * step % 97
      if cache.use(key) == nil { cache.insert(key + 1, for: key) }
      uses = [key] + uses.filter { $0 != key }
      #expect(cache.count <= 16)
      // An eighth of them goes at once.
      var copy = cache
      for recent in uses.prefix(14 - 1) { #expect(copy.use(recent) == recent + 1) }
    }
    let forgotten = uses.dropFirst(16).filter { cache.use($0) != nil }
    #expect(uses.count > 32 && forgotten.isEmpty)
  }
}

/// In how many parts the current engine has large work done.
private func partCount() -> Int {
  let parts = Atomic(0)
  Engine.current.split(1 << 20) { _ in parts.add(1, ordering: .relaxed) }
  return parts.load(ordering: .relaxed)
}

/// Calls `body` on so many threads of their own, all at once, and waits for them.
private func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let group = DispatchGroup()
  for index in 0..<count {
    group.enter()
    Thread {
      body(index)
      group.leave()
    }.start()
  }
  group.wait()
}

/// Where a number of threads wait for one another, time after time.
private final class Meeting: Sendable {
  private let count: Int
  private let arrived = Atomic(0)

  init(of count: Int) { self.count = count }

  func wait() {
    let round = arrived.add(1, ordering: .sequentiallyConsistent).oldValue / count
    while arrived.load(ordering: .sequentiallyConsistent) < (round + 1) * count { sched_yield() }
  }
}

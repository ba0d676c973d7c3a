import Dispatch
import Synchronization

/// How many processors work on pictures: decoding, colouring, compressing.
package enum Concurrency {
  private static let limit = Atomic<Int>(0)

  /// The most that work at once; 0, as at first, for all there are.
  package static var width: Int {
    get { limit.load(ordering: .relaxed) }
    set { limit.store(max(0, newValue), ordering: .relaxed) }
  }

  /// What `body` makes of each number below `count`, in order, made by several processors at once.
  package static func map<T: Sendable>(_ count: Int, _ body: @Sendable (Int) -> T) -> [T] {
    let workers = min(count, width == 0 ? .max : width)
    guard workers > 1 else { return (0..<count).map(body) }
    let next = Atomic<Int>(0)
    return Array(unsafeUninitializedCapacity: count) { results, initialized in
      nonisolated(unsafe) let results = results
      DispatchQueue.concurrentPerform(iterations: min(workers, 64)) { _ in
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard index < count else { return }
          results.initializeElement(at: index, to: body(index))
        }
      }
      initialized = count
    }
  }
}

import Dispatch
import Synchronization

/// How many processors work on pictures at once: decoding, coloring, compressing.
public struct Workers: Hashable, Sendable {
  /// The most that work at once; `nil` for all there are.
  public let count: Int?

  /// As many as the machine has.
  public static let all = Workers(nil)

  /// - Parameter count: the most that work at once, at least 1; `nil` for all there are.
  public init(_ count: Int?) { self.count = count.map { max(1, $0) } }

  /// Whether everything is to be done by the calling thread.
  public var isSingle: Bool { count == 1 }

  /// What `body` makes of each number below `count`, in order, made by several processors at once.
  package func map<T: Sendable>(_ count: Int, _ body: @Sendable (Int) -> T) -> [T] {
    let workers = min(count, self.count ?? .max)
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

import Foundation

/// Work that several threads do at once and whose results arrive in the order in which it was begun.
///
/// No more is held than `window` items: a thread that is further ahead waits for the slowest.
package final class InOrder<Item: Sendable, Output: Sendable>: @unchecked Sendable {
  // Shared by the threads under one lock; `next` is called under another, since it may wait for a pipe.
  private let condition = NSCondition()
  private let reading = NSLock()
  private let next: () throws -> Item?
  private let work: @Sendable (Item) throws -> Output
  private let window: Int
  private var begun = 0
  private var delivered = 0
  private var isOver = false
  private var results: [Int: Result<Output, any Error>] = [:]

  private init(window: Int, next: @escaping () throws -> Item?, work: @escaping @Sendable (Item) throws -> Output) {
    (self.window, self.next, self.work) = (window, next, work)
  }

  /// Does all the work.
  ///
  /// - Parameters:
  ///   - workers: how many threads work at once.
  ///   - window: how many items may be begun and not delivered.
  ///   - next: the items, in order; called on any of the threads, by one at a time.
  ///   - work: what is done with each.
  ///   - abandon: called before work under way is waited for, where an error ends it: whatever `next` waits for must end.
  ///   - deliver: takes the results, in order, on the calling thread.
  /// - Throws: What `next` or `work` threw first, in that order, or `deliver`; work under way is finished before.
  package static func run(
    workers: Int, window: Int, next: @escaping () throws -> Item?, work: @escaping @Sendable (Item) throws -> Output,
    abandon: () -> Void = {}, deliver: (Output) throws -> Void
  ) throws {
    let order = InOrder(window: max(window, workers), next: next, work: work)
    let group = DispatchGroup()
    for _ in 0..<workers {
      group.enter()
      let thread = Thread {
        order.keepWorking()
        group.leave()
      }
      // What the main thread has: methods may go deep.
      thread.stackSize = 8 << 20
      thread.start()
    }
    defer { group.wait() }
    do { while let result = order.take() { try deliver(result.get()) } } catch {
      order.stop()
      abandon()
      throw error
    }
  }

  private func keepWorking() {
    while let (number, item) = begin() {
      let result = item.flatMap { item in Result { try work(item) } }
      condition.lock()
      results[number] = result
      condition.broadcast()
      condition.unlock()
    }
    condition.lock()
    isOver = true
    condition.broadcast()
    condition.unlock()
  }

  /// The next item with its number; `nil` where there is none.
  private func begin() -> (Int, Result<Item, any Error>)? {
    reading.lock()
    defer { reading.unlock() }
    condition.lock()
    while !isOver, begun - delivered >= window { condition.wait() }
    let isOver = isOver
    condition.unlock()
    if isOver { return nil }
    let item = Result { try next() }
    condition.lock()
    defer { condition.unlock() }
    switch item {
    case .success(nil):
      self.isOver = true
      return nil
    case .success(let item?):
      begun += 1
      return (begun - 1, .success(item))
    case .failure(let error):
      self.isOver = true
      begun += 1
      return (begun - 1, .failure(error))
    }
  }

  /// The next result in order; `nil` when all are taken.
  private func take() -> Result<Output, any Error>? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let result = results.removeValue(forKey: delivered) {
        delivered += 1
        condition.broadcast()
        return result
      }
      if isOver, delivered == begun { return nil }
      condition.wait()
    }
  }

  private func stop() {
    condition.lock()
    isOver = true
    condition.broadcast()
    condition.unlock()
  }
}

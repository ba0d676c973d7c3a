import AttributionKit
import Dispatch
import Explaining
import Synchronization

/// A request that waits for its turn or is worked on: what has come of it, and whether it is still wanted.
package final class Job: Sendable {
  /// What a client is told of it meanwhile.
  package enum News: Hashable, Sendable {
    /// How many are before it.
    case waits(Int)
    /// How far the methods that make many passes have come.
    case works(passes: Int, total: Int)
  }

  /// What becomes of it.
  package enum Event: Sendable {
    case news(News)
    case done(Result<Answer, any Error>)
  }

  /// The bytes of an answer, and what they are.
  package struct Answer: Sendable {
    package let bytes: [UInt8]
    package let type: String

    package init(_ bytes: [UInt8], type: String = "application/json; charset=utf-8") {
      (self.bytes, self.type) = (bytes, type)
    }
  }

  let client: String
  let work: @Sendable (Job) throws -> Answer
  private let limit: Duration
  private let state = Mutex(State())
  private let changed = DispatchSemaphore(value: 0)

  private struct State {
    var isCancelled = false
    var deadline: ContinuousClock.Instant?
    /// The latest, where it has not been told.
    var news: News?
    var result: Result<Answer, any Error>?
  }

  init(client: String, limit: Duration, _ work: @escaping @Sendable (Job) throws -> Answer) {
    (self.client, self.limit, self.work) = (client, limit, work)
  }

  // MARK: For those who work on it

  /// Does the work, unless it is no longer wanted.
  func run() {
    state.withLock { $0.deadline = .now + limit }
    let result = Result {
      try check()
      return try work(self)
    }
    state.withLock { $0.result = result }
    changed.signal()
  }

  /// Throws where the work is no longer wanted, or has taken too long.
  package func check() throws {
    let (isCancelled, deadline) = state.withLock { ($0.isCancelled, $0.deadline) }
    if isCancelled { throw CancellationError() }
    if let deadline, .now > deadline { throw tooLong }
  }

  private var tooLong: Problem {
    Problem(
      .serviceUnavailable,
      "this took more than \(limit.components.seconds) seconds and was ended: ask for fewer methods or passes")
  }

  /// Tells whoever waits.
  package func tell(_ news: News) {
    state.withLock { $0.news = news }
    changed.signal()
  }

  /// Hears what an explainer is busy with, and ends its work where that is no longer wanted.
  func hear(_ activity: Activity) throws {
    try check()
    guard let passes = activity.passes else { return }
    tell(.works(passes: passes.passes, total: passes.total))
  }

  // MARK: For those who wait

  /// Nobody wants it any longer.
  package func cancel() { state.withLock { $0.isCancelled = true } }

  var isCancelled: Bool { state.withLock { $0.isCancelled } }

  /// The next thing that becomes of it; `nil` where nothing does in this time.
  private func next(within time: DispatchTimeInterval) -> Event? {
    _ = changed.wait(timeout: .now() + time)
    return state.withLock { state in
      if let result = state.result { return .done(result) }
      defer { state.news = nil }
      return state.news.map { .news($0) }
    }
  }

  /// Waits for the answer.
  ///
  /// - Parameters:
  ///   - isAbandoned: whether nobody waits any longer; asked ten times a second.
  ///   - hear: hears the news; what it throws ends the work.
  /// - Returns: What the work makes.
  /// - Throws: What the work throws, and `CancellationError` where nobody waits.
  package func answer(unless isAbandoned: () -> Bool, hear: (News) throws -> Void = { _ in }) throws -> Answer {
    while true {
      switch next(within: .milliseconds(100)) {
      case .done(let result): return try result.get()
      case .news(let news):
        do { try hear(news) } catch {
          cancel()
          throw error
        }
      case nil: break
      }
      if isAbandoned() {
        cancel()
        throw CancellationError()
      }
      // What makes a single long pass is not asked in between.
      if let deadline = state.withLock({ $0.deadline }), .now > deadline + .seconds(5) {
        cancel()
        throw tooLong
      }
    }
  }
}

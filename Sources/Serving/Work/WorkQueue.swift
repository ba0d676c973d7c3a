import Dispatch
import Foundation
import Synchronization

/// Requests in the order they came, worked on by a few threads; as many wait as the limits allow.
package final class WorkQueue: Sendable {
  private let limits: Limits
  private let state = Mutex(State())
  private let arrived = DispatchSemaphore(value: 0)

  private struct State {
    var waiting: [Job] = []
    var running: [Job] = []
    var isStopped = false
  }

  /// - Parameters:
  ///   - workers: how many requests are worked on at once. The threads stay the same: OpenMP keeps threads of its own for each.
  ///   - limits: how many may wait, and how long one may take.
  package init(workers: Int, _ limits: Limits) {
    self.limits = limits
    for _ in 0..<workers {
      let thread = Thread { [self] in work() }
      thread.stackSize = 16 << 20
      thread.start()
    }
  }

  private func work() {
    while true {
      arrived.wait()
      let (job, isStopped) = state.withLock { state -> (Job?, Bool) in
        guard !state.isStopped, !state.waiting.isEmpty else { return (nil, state.isStopped) }
        let job = state.waiting.removeFirst()
        state.running.append(job)
        for (place, later) in state.waiting.enumerated() { later.tell(.waits(place)) }
        return (job, false)
      }
      if isStopped { return }
      guard let job else { continue }
      autoreleased { job.run() }
      state.withLock { state in state.running.removeAll { $0 === job } }
    }
  }

  private func autoreleased(_ body: () -> Void) {
    #if canImport(ObjectiveC)
      autoreleasepool(invoking: body)
    #else
      body()
    #endif
  }

  /// How many are worked on and how many wait.
  package var load: (running: Int, waiting: Int) { state.withLock { ($0.running.count, $0.waiting.count) } }

  /// Puts a request at the end.
  ///
  /// - Throws: ``Problem`` where too many wait already.
  package func add(
    of client: String, _ work: @escaping @Sendable (Job) throws -> Job.Answer
  ) throws(Problem) -> Job {
    let job = Job(client: client, limit: .seconds(limits.seconds), work)
    let problem = state.withLock { state -> Problem? in
      // Those that nobody waits for any longer take no place.
      state.waiting.removeAll { $0.isCancelled }
      if state.isStopped { return Problem(.serviceUnavailable, "the server is being ended") }
      if state.waiting.count >= limits.waiting {
        return Problem(
          .serviceUnavailable, "\(state.waiting.count) requests are waiting already: try again later", retryAfter: 10)
      }
      let own = state.waiting.count { $0.client == client }
      if own >= limits.waitingOfOne {
        return Problem(
          .tooManyRequests, "\(own) requests of this computer are waiting already: wait for their answers",
          retryAfter: 5)
      }
      job.tell(.waits(state.waiting.count + state.running.count))
      state.waiting.append(job)
      return nil
    }
    if let problem { throw problem }
    arrived.signal()
    return job
  }

  /// Ends all work.
  package func stop() {
    let jobs = state.withLock { state in
      state.isStopped = true
      return state.waiting + state.running
    }
    for job in jobs { job.cancel() }
    for _ in 0..<64 { arrived.signal() }
  }
}

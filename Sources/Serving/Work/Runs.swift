import Explaining
import Synchronization

/// The latest pictures with the networks' answers to them: another layer, class or method needs no forward pass.
///
/// A run is taken out by the one request that works with it, and put back when that is done.
final class Runs: Sendable {
  struct Key: Hashable, Sendable {
    let network: String
    let image: String
    let stamp: String
    let region: String?
  }

  struct Run: Sendable {
    let picture: AnsweredPicture
    let relay: Relay
  }

  /// Leads what a run is busy with to the request that works with it now.
  final class Relay: Sendable {
    private let job = Mutex<Job?>(nil)

    func lead(to job: Job?) { self.job.withLock { $0 = job } }

    func hear(_ activity: Activity) throws { try job.withLock { $0 }?.hear(activity) }
  }

  private let limits: Limits
  private let kept = Mutex<[(key: Key, run: Run)]>([])

  init(_ limits: Limits) { self.limits = limits }

  /// Does something with a run, which is made by `make` where there is none.
  ///
  /// - Throws: What making or doing throws; the run is then forgotten, since its methods may have been ended half-way.
  func with<Value>(
    _ key: Key, for job: Job, isGlance: Bool, make: (Relay) throws -> AnsweredPicture,
    do body: (AnsweredPicture) throws -> Value
  ) throws -> Value {
    let known = kept.withLock { kept -> Run? in
      kept.firstIndex { $0.key == key }.map { kept.remove(at: $0).run }
    }
    let relay = known?.relay ?? Relay()
    relay.lead(to: job)
    defer { relay.lead(to: nil) }
    let picture = try known?.picture ?? make(relay)
    let value = try body(picture)
    kept.withLock { kept in
      // The first go first.
      kept.insert((key, Run(picture: picture, relay: relay)), at: isGlance && known == nil ? 0 : kept.count)
      if kept.count > limits.runs { kept.removeFirst(kept.count - limits.runs) }
    }
    return value
  }
}

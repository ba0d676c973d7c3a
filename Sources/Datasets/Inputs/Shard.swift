package import AttributionKit
package import Explaining

/// One of several parts of a data set, each for a machine of its own.
///
/// A picture belongs to the shard that the hash of its name says, so that pictures that are added move no others.
package struct Shard: Hashable, Sendable, Codable {
  /// From 0.
  package let index: Int
  package let count: Int

  package init(_ index: Int, of count: Int) { (self.index, self.count) = (index, count) }

  /// Reads `3/16`, the fourth of sixteen.
  ///
  /// - Throws: ``ExplainingError`` for what is no such thing.
  package init(_ text: String) throws(ExplainingError) {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let index = numbers[0], let count = numbers[1], count > 0, (0..<count).contains(index)
    else {
      throw ExplainingError(
        .usage, "'\(text)' is no shard: 0/16 is the first of sixteen and 15/16 the last", about: .shard)
    }
    (self.index, self.count) = (index, count)
  }

  /// The one that a scheduler gives its task by its environment; `nil` where none does.
  ///
  /// - Parameter environment: Slurm's `SLURM_ARRAY_TASK_ID` with `SLURM_ARRAY_TASK_COUNT` and `…_MIN`, or the
  ///   `JOB_COMPLETION_INDEX` of Kubernetes; with `LIMN_SHARDS` for the number of all shards, which Kubernetes does not tell,
  ///   and Slurm not where some tasks of an array are run again.
  /// - Throws: ``ExplainingError`` where these do not fit together.
  package init?(environment: [String: String]) throws(ExplainingError) {
    func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
    let task = number("JOB_COMPLETION_INDEX") ?? number("SLURM_ARRAY_TASK_ID")
    guard let task else { return nil }
    if environment["LIMN_SHARDS"] != nil {
      guard let all = number("LIMN_SHARDS"), all > 0, (0..<all).contains(task) else {
        throw ExplainingError(
          .usage,
          "the scheduler's task \(task) is none of the \(environment["LIMN_SHARDS"] ?? "") shards that LIMN_SHARDS "
            + "counts: number tasks from 0", about: .shard)
      }
      self.init(task, of: all)
      return
    }
    guard environment["JOB_COMPLETION_INDEX"] == nil, let all = number("SLURM_ARRAY_TASK_COUNT"), all > 0 else {
      throw ExplainingError(
        .usage, "the scheduler says which task this is, \(task), and not of how many: set LIMN_SHARDS to their number",
        about: .shard)
    }
    let first = number("SLURM_ARRAY_TASK_MIN") ?? 0, last = number("SLURM_ARRAY_TASK_MAX") ?? first + all - 1
    let step = all > 1 ? max(1, (last - first) / (all - 1)) : 1
    guard (task - first) % step == 0, first + (all - 1) * step == last, (0..<all).contains((task - first) / step) else {
      throw ExplainingError(
        .usage,
        "the tasks of this array are not evenly numbered, as where some are run again: set LIMN_SHARDS to the number "
          + "of all shards", about: .shard)
    }
    self.init((task - first) / step, of: all)
  }

  package func holds(_ name: String) -> Bool { Int(SHA256.number(of: name) % UInt64(count)) == index }

  /// `00003-of-00016`, so that folders are listed in order.
  package var folderName: String {
    func padded(_ number: Int) -> String { String(repeating: "0", count: max(0, 5 - "\(number)".count)) + "\(number)" }
    return "\(padded(index))-of-\(padded(count))"
  }
}

extension Setting {
  /// Which part of a data set is worked on.
  package static let shard = Setting("shard")
}

import COneDNN

extension Engine {
  /// Runs `body` on the calling thread, with the number of threads that OpenMP starts from it set to this engine's.
  ///
  /// OpenMP keeps that number, and the processor how it treats denormal numbers, per calling thread; both are afterwards
  /// what they were.
  func onItsThreads<Value, Failure>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
    let earlier = limn_enter(Int32(threads))
    defer { limn_leave(earlier) }
    return try body()
  }

  /// Calls `body` with parts that together make up `0..<count`, in parallel where they are much work.
  ///
  /// - Parameters:
  ///   - count: how many items there are.
  ///   - cost: how many scalars an item touches.
  ///   - multiple: what parts begin at multiples of; a whole cache line of scalars by default.
  ///   - body: called with the items of a part.
  package func split(
    _ count: Int, costing cost: Int = 1, inMultiplesOf multiple: Int = 16, _ body: (Range<Int>) -> Void
  ) {
    // Waking other threads takes some microseconds, in which one does this much alone.
    guard count * cost >= 1 << 15, count > multiple, threads > 1 else { return body(0..<count) }
    withoutActuallyEscaping(body) { body in
      var work = Work(engine: self, count: count, multiple: multiple, body: body)
      withUnsafeMutablePointer(to: &work) { work in
        onItsThreads {
          limn_parallel({ Work.run($0!.assumingMemoryBound(to: Work.self).pointee, part: $1, of: $2) }, work)
        }
      }
    }
  }

  private struct Work {
    let engine: Engine
    let count: Int
    let multiple: Int
    let body: (Range<Int>) -> Void

    static func run(_ work: Work, part: Int32, of parts: Int32) {
      let least = (work.count + Int(parts) - 1) / Int(parts)
      let share = (least + work.multiple - 1) / work.multiple * work.multiple
      let start = min(Int(part) * share, work.count)
      // OpenMP's threads know nothing of the engine.
      work.engine.run { work.body(start..<min(start + share, work.count)) }
    }
  }
}

/// The version of oneDNN in use, such as `2.6.3`.
public func oneDNNVersion() -> String {
  var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
  limn_version(&major, &minor, &patch)
  return "\(major).\(minor).\(patch)"
}

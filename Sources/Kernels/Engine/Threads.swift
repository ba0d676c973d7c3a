import COneDNN
import Synchronization

/// The one pool of threads that kernels run on: oneDNN's.
public enum Threads {
  private static let requested = Atomic<Int>(0)

  /// How many threads a kernel may use: as many as OpenMP offers, unless set.
  ///
  /// Denormal numbers are flushed to zero on every thread that runs a kernel.
  public static var count: Int {
    get {
      let set = requested.load(ordering: .relaxed)
      return set > 0 ? set : max(1, Int(limn_available_threads()))
    }
    set {
      requested.store(max(1, newValue), ordering: .relaxed)
      use()
    }
  }

  /// What kernels are prepared for; 0 is OpenMP's own choice.
  static var setting: Int { requested.load(ordering: .relaxed) }

  /// Calls `body` with parts that together make up `0..<count`, in parallel where they are much work.
  ///
  /// - Parameters:
  ///   - count: how many items there are.
  ///   - cost: how many scalars an item touches.
  ///   - multiple: what parts begin at multiples of; a whole cache line of scalars by default.
  ///   - body: called with the items of a part.
  static func split(_ count: Int, costing cost: Int = 1, inMultiplesOf multiple: Int = 16, _ body: (Range<Int>) -> Void)
  {
    // Waking other threads takes some microseconds, in which one does this much alone.
    guard count * cost >= 1 << 15, count > multiple, Threads.count > 1 else { return body(0..<count) }
    use()
    withoutActuallyEscaping(body) { body in
      var work = Work(count: count, multiple: multiple, body: body)
      withUnsafeMutablePointer(to: &work) { work in
        limn_parallel({ Work.run($0!.assumingMemoryBound(to: Work.self).pointee, part: $1, of: $2) }, work)
      }
    }
  }

  private struct Work {
    let count: Int
    let multiple: Int
    let body: (Range<Int>) -> Void

    static func run(_ work: Work, part: Int32, of parts: Int32) {
      let least = (work.count + Int(parts) - 1) / Int(parts)
      let share = (least + work.multiple - 1) / work.multiple * work.multiple
      let start = min(Int(part) * share, work.count)
      work.body(start..<min(start + share, work.count))
    }
  }

  /// Brings the calling thread in line with the setting, which OpenMP keeps per thread.
  static func use() { limn_use_threads(Int32(setting)) }
}

/// The version of oneDNN in use, such as `2.6.3`.
public func oneDNNVersion() -> String {
  var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
  limn_version(&major, &minor, &patch)
  return "\(major).\(minor).\(patch)"
}

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

  /// Brings the calling thread in line with the setting, which OpenMP keeps per thread.
  static func use() { limn_use_threads(Int32(setting)) }
}

/// The version of oneDNN in use, such as `2.6.3`.
public func oneDNNVersion() -> String {
  var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
  limn_version(&major, &minor, &patch)
  return "\(major).\(minor).\(patch)"
}

import Foundation

/// How threads wait for one another.
enum Waiting {
  /// Makes waiting threads sleep rather than spin where other programs want the processors.
  ///
  /// OpenMP's threads spin between kernels. On a busy machine the one waited for then gets no processor, and a
  /// network that takes milliseconds takes seconds. libgomp reads its policy from the environment before `main`, so
  /// the command starts itself again with the policy set; on an idle machine it does not, since spinning is faster.
  ///
  /// Only a whole program may do so, before anything else: ``LimnProgram`` alone calls this, and no library does.
  static func sleepsWhereBusy() {
    #if os(Linux)
      let policies = ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT"]
      guard policies.allSatisfy({ getenv($0) == nil }), isBusy else { return }
      setenv("OMP_WAIT_POLICY", "passive", 1)
      var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
      // By its own name: processes are listed under the name they were started by.
      guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return }
      execv(path, &arguments)
    // Where that is not possible, spinning it is.
    #endif
  }

  /// Whether about half of the processors or more have had work in the last minute.
  private static var isBusy: Bool {
    var load = 0.0
    return getloadavg(&load, 1) == 1 && load > 0.5 * Double(ProcessInfo.processInfo.activeProcessorCount)
  }
}

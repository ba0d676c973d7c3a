import Foundation

/// Runs of several jobs in turn, so that whatever else the machine does burdens all of them alike.
struct Stopwatch {
  private(set) var seconds: [[Double]]

  // Each job runs once per round; the rounds of the warm-up are not counted. The processor time of the calling thread
  // is what other programs lengthen least; it is right for one thread only.
  init(rounds: Int, warmUp: Int, countsOnlyOwnTime: Bool, _ jobs: [() throws -> Void]) throws {
    seconds = jobs.map { _ in [] }
    for round in 0..<warmUp + rounds {
      for (index, job) in jobs.enumerated() {
        let start = Self.now(countsOnlyOwnTime)
        try job()
        if round >= warmUp { seconds[index].append(Self.now(countsOnlyOwnTime) - start) }
      }
    }
  }

  private static func now(_ countsOnlyOwnTime: Bool) -> Double {
    var time = timespec()
    clock_gettime(countsOnlyOwnTime ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }

  /// The median of each job, in milliseconds.
  var medians: [Double] {
    seconds.map { runs in
      let sorted = runs.sorted()
      return 1000 * (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
  }
}

/// Runs of several jobs in turn, so that whatever else the machine does burdens all of them alike.
struct Stopwatch {
  private(set) var seconds: [[Double]]

  /// Each job runs once per round; the rounds of the warm-up are not counted.
  init(rounds: Int, warmUp: Int, _ jobs: [() throws -> Void]) throws {
    let clock = ContinuousClock()
    seconds = jobs.map { _ in [] }
    for round in 0..<warmUp + rounds {
      for (index, job) in jobs.enumerated() {
        let elapsed = try clock.measure(job)
        if round >= warmUp { seconds[index].append(elapsed / .seconds(1)) }
      }
    }
  }

  /// The median of each job, in milliseconds.
  var medians: [Double] {
    seconds.map { runs in
      let sorted = runs.sorted()
      return 1000 * (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
  }
}

import Foundation
import Kernels

guard let options = try? Options(Array(CommandLine.arguments.dropFirst())) else {
  print(Options.usage)
  exit(64)
}
do {
  if options.serves {
    Threads.count = options.threads[0]
    Server(network: try Network(options.models[0], options)).serve()
  } else {
    print("oneDNN \(oneDNNVersion()); medians of \(options.rounds) interleaved rounds, milliseconds\n")
    for path in options.models { try report(on: path) }
  }
} catch {
  print("error: \(error)")
  exit(70)
}

/// Measures one network and prints its table.
@MainActor func report(on path: String) throws {
  let network = try Network(path, options)
  print(line([network.name] + options.threads.flatMap { ["\($0) thread\($0 == 1 ? "" : "s")", "× first"] }))
  print(line(["---"] + options.threads.flatMap { _ in ["---:", "---:"] }))
  let jobs = try options.jobs.map(Job.init).compactMap { job in try network.work(of: job).map { (job.name, $0) } }
  let columns = try options.threads.map { threads in
    Threads.count = threads
    return try Stopwatch(
      rounds: options.rounds, warmUp: 2, countsOnlyOwnTime: options.countsOnlyOwnTime, jobs.map(\.1)
    ).medians
  }
  for (row, job) in jobs.enumerated() {
    let cells = columns.flatMap { medians in
      [String(format: "%.2f", medians[row]), String(format: "%.2f", medians[row] / medians[0])]
    }
    print(line([job.0] + cells))
  }
  print()
}

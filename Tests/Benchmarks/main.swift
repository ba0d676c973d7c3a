import Foundation
import Kernels

guard let options = try? Options(Array(CommandLine.arguments.dropFirst())) else {
  print(Options.usage)
  exit(64)
}
do {
  if options.serves {
    Server(network: try Network(options.models[0], on: options.threads[0], options)).serve()
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
  let networks = try options.threads.map { try Network(path, on: $0, options) }
  print(line([networks[0].name] + options.threads.flatMap { ["\($0) thread\($0 == 1 ? "" : "s")", "× first"] }))
  print(line(["---"] + options.threads.flatMap { _ in ["---:", "---:"] }))
  let jobs = try options.jobs.map(Job.init).filter { try networks[0].work(of: $0) != nil }
  let columns = try networks.map { network in
    try Stopwatch(
      rounds: options.rounds, warmUp: 2, countsOnlyOwnTime: options.countsOnlyOwnTime,
      jobs.compactMap(network.work(of:))
    ).medians
  }
  for (row, job) in jobs.enumerated() {
    let cells = columns.flatMap { medians in
      [String(format: "%.2f", medians[row]), String(format: "%.2f", medians[row] / medians[0])]
    }
    print(line([job.name] + cells))
  }
  print()
}

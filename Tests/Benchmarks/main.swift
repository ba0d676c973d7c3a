import Foundation
import Kernels

guard let options = try? Options(Array(CommandLine.arguments.dropFirst())) else {
  print(Options.usage)
  exit(64)
}
print("oneDNN \(oneDNNVersion()); medians of \(options.rounds) interleaved rounds, milliseconds\n")
do {
  for path in options.models { try report(on: path) }
} catch {
  print("error: \(error)")
  exit(70)
}

/// Measures one network and prints its table.
@MainActor func report(on path: String) throws {
  let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
  print(line([name] + options.threads.flatMap { ["\($0) thread\($0 == 1 ? "" : "s")", "× forward"] }))
  print(line(["---"] + options.threads.flatMap { _ in ["---:", "---:"] }))
  let jobs = try Jobs(model: path, imageSize: options.imageSize, precision: options.precision).all
  let columns = try options.threads.map { threads in
    Threads.count = threads
    return try Stopwatch(
      rounds: options.rounds, warmUp: 3, countsOnlyOwnTime: options.countsOnlyOwnTime, jobs.map(\.run)
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

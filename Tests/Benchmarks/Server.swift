import Foundation

/// Runs jobs on request, so that another program can interleave this one with its peers.
///
/// Each line read is a count and a job's name, `7 grad-cam`; each line written is a JSON list of milliseconds, `null` for
/// a job this network does not allow. `memory` answers with the most memory the process has held, in megabytes.
struct Server {
  let network: Network

  func serve() {
    var prepared: [String: () throws -> Void] = [:]
    print("ready")
    fflush(nil)
    while let line = readLine() {
      print(answer(to: line, &prepared))
      fflush(nil)
    }
  }

  private func answer(to line: String, _ prepared: inout [String: () throws -> Void]) -> String {
    if line == "memory" { return "\(Self.peakMegabytes)" }
    let parts = line.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, let count = Int(parts[0]) else { return "null" }
    let name = String(parts[1])
    do {
      guard let work = try prepared[name] ?? network.work(of: Job(name)) else { return "null" }
      prepared[name] = work
      let times = try Stopwatch(rounds: count, warmUp: 0, countsOnlyOwnTime: false, [work])
      return "[" + times.seconds[0].map { String(format: "%.3f", 1000 * $0) }.joined(separator: ", ") + "]"
    } catch {
      FileHandle.standardError.write(Data("\(name): \(error)\n".utf8))
      return "null"
    }
  }

  private static var peakMegabytes: Int {
    var usage = rusage()
    getrusage(0, &usage)  // RUSAGE_SELF, which Linux and Darwin type differently.
    return usage.ru_maxrss / 1024
  }
}

public import AttributionKit
import Explaining

/// How methods do on tasks whose truth is known.
public struct Benchmark: Sendable {
  public let tasks: [any BenchmarkTask]
  public let methods: [MethodExpression]
  /// For each task and method the mean score; `nil` where the method does not apply.
  private var means: [[Double?]] = []

  /// Runs every method on every task.
  ///
  /// - Parameters:
  ///   - methods: what is held against the truth.
  ///   - tasks: what is known.
  ///   - progress: hears of each task that is begun, and may end the work by throwing.
  /// - Throws: What a task or `progress` throws; a method that does not apply has no score.
  public init(
    of methods: [MethodExpression], on tasks: [any BenchmarkTask],
    progress: (_ task: any BenchmarkTask) throws -> Void = { _ in }
  ) throws {
    (self.tasks, self.methods) = (tasks, methods)
    for task in tasks {
      try progress(task)
      var sums = methods.map { _ in (sum: 0.0, count: 0) }
      try task.forEachCase { one in
        for (index, entry) in Comparison(of: methods).entries(in: one.session).enumerated() {
          guard let attribution = try? entry.outcome.get(),
            let score = try? one.score(of: attribution, by: methods[index].method)
          else { continue }
          sums[index] = (sums[index].sum + score, sums[index].count + 1)
        }
      }
      means.append(sums.map { $0.count == 0 ? nil : $0.sum / Double($0.count) })
    }
  }

  /// The mean share of the evidence that lies where evidence can be; `nil` where the method does not apply.
  public func score(of method: Int, on task: Int) -> Double? { means[task][method] }

  /// The scores as a table in Markdown, a row for each method, with what is known in each task below.
  public var markdown: String {
    let head = "| method | " + tasks.map { "`\($0.identifier)`" }.joined(separator: " | ") + " |\n"
    let rule = "|---|" + tasks.map { _ in "---:|" }.joined() + "\n"
    let rows = methods.indices.map { method in
      "| `\(methods[method].identifier)` | "
        + tasks.indices.map { score(of: method, on: $0).map { Wording.fixed($0, places: 3) } ?? "–" }
        .joined(separator: " | ") + " |\n"
    }
    let notes = tasks.map { "* `\($0.identifier)`: \($0.summary)\($0.citation.map { " After \($0)." } ?? "")\n" }
    return head + rule + rows.joined() + "\n" + notes.joined()
  }
}

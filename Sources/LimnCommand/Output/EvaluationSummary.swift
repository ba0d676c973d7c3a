import AttributionKit
import Evaluating
import Explaining

/// An evaluation on a terminal: methods by metrics, as many metrics beside each other as a line holds, then what the
/// photographs tell.
struct EvaluationSummary {
  private let evaluation: Evaluation
  private static let longestLine = 110

  init(_ evaluation: Evaluation) { self.evaluation = evaluation }

  func show() {
    let seen = evaluation.photographs == 1 ? "One photograph" : "\(evaluation.photographs) photographs"
    let targets = evaluation.targets == 1 ? "one target" : "\(evaluation.targets) targets"
    Console.say("\(seen), \(targets): mean [95 % interval] rank")
    var columns = evaluation.metrics.indices.map(column)[...]
    while !columns.isEmpty {
      var width = evaluation.methods.map(\.identifier.count).max() ?? 6
      var shown: [[String]] = []
      while let next = columns.first, shown.isEmpty || width + 2 + (next.map(\.count).max() ?? 0) <= Self.longestLine {
        width += 2 + (next.map(\.count).max() ?? 0)
        shown.append(next)
        columns.removeFirst()
      }
      var table = Table(["Method"] + shown.map { $0[0] })
      for (row, method) in evaluation.methods.enumerated() {
        table.append([method.identifier] + shown.map { $0[row + 1] })
      }
      Console.say("")
      table.show()
    }
    Console.say("")
    for metric in evaluation.metrics.indices { Console.say(evaluation.verdict(by: metric)) }
  }

  /// The metric's name with an arrow to where numbers are better, then a cell for each method.
  private func column(_ metric: Int) -> [String] {
    let expression = evaluation.metrics[metric]
    let arrow = expression.descriptor.direction == .higher ? "↑" : "↓"
    return ["\(expression.identifier) \(arrow)"]
      + evaluation.standings(by: metric).map { standing in
        guard let mean = standing.mean, let rank = standing.rank else { return "undefined" }
        let interval = standing.interval.map { "[\(number($0.lowerBound)), \(number($0.upperBound))]" } ?? "[–]"
        return "\(number(mean)) \(interval) \(rank)"
      }
  }

  private func number(_ value: Double) -> String { Wording.significant(Float(value)) }
}

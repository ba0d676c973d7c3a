import AttributionKit
import GraphAdapter
import GraphEngine
import ONNXImport

/// Which of a file's outputs is explained, and what is to be said of the choice.
struct ChosenOutput {
  /// `nil` for the only one.
  let name: String?
  let notes: [Note]
}

extension ONNXModel {
  /// The output that a request names, or else the one that is the answer.
  ///
  /// - Parameters:
  ///   - request: what is settled.
  ///   - lower: the network up to an output.
  /// - Returns: The output, and the network up to it.
  /// - Throws: `ModelFileError` where there is no such output, or several could be the answer.
  func chosenOutput(
    for request: ModelRequest, lowering lower: (_ output: String) throws -> Graph
  ) throws -> ChosenOutput {
    let names = outputs.map(\.name)
    if let asked = request.output {
      if !names.contains(asked), valueNames.contains(asked) {
        return ChosenOutput(name: asked, notes: [Note("'\(asked)' is no output of the network but a value inside it")])
      }
      return ChosenOutput(name: try request.output(among: names), notes: [])
    }
    guard names.count > 1 else { return ChosenOutput(name: nil, notes: []) }
    var readings: [OutputReading] = []
    for name in names {
      // What cannot be lowered cannot be explained either; were all like that, the first says why.
      guard let graph = try? lower(name), let plan = try? Plan(graph, rewriting: false) else { continue }
      readings.append(OutputReading(of: name, in: graph) { plan.shape(of: $0) ?? [] })
    }
    guard !readings.isEmpty else { return ChosenOutput(name: nil, notes: []) }
    switch OutputChoice(among: readings, labelCount: request.classCount) {
    case .taken(let taken, let reason, let others):
      let rest = list(others.map { "'\($0.output)' (\($0.summary))" })
      return ChosenOutput(
        name: taken.output,
        notes: [
          Note(
            "of the network's \(names.count) outputs '\(taken.output)' is explained, \(reason)"
              + (others.isEmpty ? "" : "; the others are \(rest)"), about: .output)
        ])
    case .ambiguous(let candidates):
      throw ModelFileError(
        .request,
        "the network has \(candidates.count) outputs that could be its answer, "
          + "\(list(candidates.map { "'\($0.output)' (\($0.summary))" })): choose one of them", about: .output)
    }
  }
}

/// The first few of some texts, with how many more there are.
private func list(_ texts: [String]) -> String {
  let shown = texts.prefix(5).joined(separator: ", ")
  return texts.count > 5 ? "\(shown) and \(texts.count - 5) more" : shown
}

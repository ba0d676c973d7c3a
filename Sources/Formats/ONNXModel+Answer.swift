import AttributionKit
import GraphAdapter
import GraphEngine
import ONNXImport

/// Which of a file's outputs is explained, and what is to be said of the choice.
struct ChosenOutput {
  /// `nil` for the only one.
  let name: String?
  /// The same with rows of its tokens, where some were asked for.
  var written: String?
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
    let names = outputs.map(\.name), inside = Set(valueNames)
    if request.output != nil {
      guard let asked = try request.output(among: names, values: inside.contains) else {
        return ChosenOutput(name: nil, notes: [])
      }
      let isWhole = names.contains(asked) || inside.contains(asked)
      let name = isWhole ? asked : OutputRows.parting(asked)?.output ?? asked
      let note = Note("'\(name)' is no output of the network but a value inside it")
      return ChosenOutput(name: name, written: isWhole ? nil : asked, notes: names.contains(name) ? [] : [note])
    }
    guard names.count > 1 else { return ChosenOutput(name: nil, notes: []) }
    var readings: [OutputReading] = []
    for name in names {
      // What cannot be lowered cannot be explained either; were all like that, the first says why.
      guard let graph = try? lower(name), let plan = try? Plan(graph, rewriting: false) else { continue }
      readings.append(OutputReading(of: name, in: graph, planned: plan))
    }
    return try request.chosenOutput(among: readings, of: names.count)
  }
}

extension ModelRequest {
  /// The one of a file's outputs that is the answer.
  ///
  /// - Parameters:
  ///   - readings: the outputs that can be explained.
  ///   - count: how many the file has.
  /// - Returns: The output, with a note on why and what the others hold.
  /// - Throws: `ModelFileError` where several could be the answer.
  func chosenOutput(among readings: [OutputReading], of count: Int) throws(ModelFileError) -> ChosenOutput {
    guard !readings.isEmpty else { return ChosenOutput(name: nil, notes: []) }
    switch OutputChoice(among: readings, labelCount: classCount) {
    case .taken(let taken, let reason, let others):
      return ChosenOutput(
        name: taken.output,
        notes: [
          Note(
            "of the network's \(count) outputs '\(elided(taken.output, to: 100))' (\(taken.summary)) is explained, \(reason)"
              + (others.isEmpty ? "" : "; the others are \(list(others))"), about: .output)
        ])
    case .ambiguous(let candidates):
      throw ModelFileError(
        .request,
        "the network has \(candidates.count) outputs that could be its answer, \(list(candidates)): choose one of them",
        about: .output)
    }
  }
}

/// The first few of some outputs with what they hold, and how many more there are.
private func list(_ readings: [OutputReading]) -> String {
  joined(readings.map { "'\(elided($0.output, to: 60))' (\($0.summary))" }, by: ", ", within: 320, kind: "more")
}

import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors

extension ModelRequest {
  /// The one of a file's outputs that is asked for by name or number, or a value inside; `nil` where none is asked for.
  ///
  /// Rows of its tokens may be written behind it, `y[0]`, which stay there.
  ///
  /// - Parameters:
  ///   - names: the outputs.
  ///   - values: tells of a name whether the network computes a value of it.
  /// - Returns: The name, with the rows.
  /// - Throws: `ModelFileError` where there is neither.
  func output(among names: [String], values: (String) -> Bool = { _ in false }) throws(ModelFileError) -> String? {
    guard let output else { return nil }
    func named(_ text: String) -> String? {
      if names.contains(text) || values(text) { return text }
      return Int(text).flatMap { names.indices.contains($0) ? names[$0] : nil }
    }
    if let found = named(output) { return found }
    if let (part, _) = OutputRows.parting(output), let found = named(part) {
      return found + output.dropFirst(part.count)
    }
    let list = names.enumerated().map { "\($0.offset) \(elided($0.element, to: 100))" }
    throw ModelFileError(
      .absent,
      "the network has no output '\(elided(output, to: 100))'; its outputs are "
        + joined(list, by: ", ", within: 300, kind: "more"), about: .output)
  }

  /// The output of a graph with all of its outputs that is asked for, or else the one that is the answer.
  func chosenOutput(of graph: Graph) throws -> ChosenOutput {
    let asked = try output(among: graph.outputs, values: graph.computes)
    guard asked == nil, graph.outputs.count > 1 else { return ChosenOutput(name: asked, notes: []) }
    let plan = try Plan(graph, rewriting: false)
    let readings = graph.outputs.map { OutputReading(of: $0, in: graph, planned: plan) }
    return try chosenOutput(among: readings, of: readings.count)
  }

  /// What inputs are fixed to, all of which the file must have.
  func fixedInputs(among names: [String]) throws(ModelFileError) -> [String: NDArray] {
    for name in fixedInputs.keys.sorted() where !names.contains(name) {
      throw ModelFileError(
        .absent,
        "the network has no input '\(elided(name, to: 100))' to fix; its inputs are "
          + joined(names.map { elided($0, to: 100) }, by: ", ", within: 300, kind: "more"), about: .fixedInputs)
    }
    return fixedInputs.mapValues { NDArray($0) }
  }

  /// A graph for one image as a model, by what all formats of graphs do alike.
  ///
  /// - Parameters:
  ///   - network: the network, its batch one.
  ///   - output: the output to explain, where the graph has others, too.
  ///   - notes: what was assumed so far.
  ///   - batched: the same network for another number of images.
  /// - Returns: The model, with the notes so far and its own.
  /// - Throws: Errors of the engine and its adapter.
  func opened(
    _ network: LoweredNetwork, output: String? = nil, notes: [Note] = [],
    batched: @escaping @Sendable (Int) throws -> Graph
  ) throws -> OpenedModel {
    var notes = notes + network.notes.map { Note($0) }
    var graph = network.graph
    guard graph.inputs.count <= 1 else {
      let names = graph.inputs.map(\.name)
      // Colours rather than a mask, an image rather than numbers.
      let grids = graph.inputs.map { ($0.name, ImageGrid(Array($0.shape.dropFirst()))?.channels) }
      let image = grids.first { $0.1 == 3 } ?? grids.first { $0.1 != nil } ?? grids[0]
      let other = names.first { $0 != image.0 } ?? ""
      throw ModelFileError(
        .unsupported,
        "the network has \(names.count) inputs "
          + "(\(joined(names.map { elided($0, to: 100) }, by: ", ", within: 250, kind: "more"))), and an image fills one: "
          + "fix the others, such as '\(elided(other, to: 100))', to arrays or numbers", about: .fixedInputs)
    }
    if graph.isQuantized {
      notes.append(Note("the network is quantised: gradients go straight through its roundings, which have none"))
    }
    // A value inside of the network becomes an output.
    if let output, !graph.outputs.contains(output) {
      let value = graph.computes(output) ? output : OutputRows.parting(output)?.output ?? output
      if !graph.outputs.contains(value), graph.computes(value) {
        graph.outputs.append(value)
        notes.append(Note("'\(value)' is no output of the network but a value inside it"))
      }
    }
    let precision: Kernels.Precision = precision == .bfloat16 ? .bfloat16 : .float32
    let model = try GraphModel(
      graph, output: output, as: answer, precision: precision, graphForBatch: network.takesBatches ? batched : nil)
    if precision != .float32, try precision.measuredSpeedup() < 1.1 {
      notes.append(
        Note("this processor multiplies \(precision.name) no faster than float32: it saves no time here"))
    }
    var opened = OpenedModel(model, notes: notes)
    opened.tell(model.reading, as: answer)
    let reading = model.reading
    opened.isAnswerAssumed =
      answer == nil && architecture == nil && reading.link == nil && !reading.isProbability
      && model.explained.link != nil && !reading.hasUnitLength
    return opened
  }
}

extension Graph {
  /// Whether a node computes a value of this name.
  func computes(_ value: String) -> Bool { nodes.contains { $0.output == value } }
}

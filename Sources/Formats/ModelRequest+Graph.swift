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
    for name in fixedInputs.keys.sorted() + pictureInputs.sorted() where !names.contains(name) {
      throw ModelFileError(
        .absent,
        "the network has no input '\(elided(name, to: 100))' to fill; its inputs are "
          + joined(names.map { elided($0, to: 100) }, by: ", ", within: 300, kind: "more"), about: .fixedInputs)
    }
    return fixedInputs.mapValues { NDArray($0) }
  }

  /// A graph with all of its outputs as a model of the one that is asked for, or else is the answer.
  func openedByItsAnswer(
    _ network: LoweredNetwork, notes: [Note], batched: @escaping @Sendable (Int) throws -> Graph
  ) throws -> OpenedModel {
    let chosen = try chosenOutput(of: network.graph)
    return try opened(network, output: chosen.name, notes: notes + chosen.notes, batched: batched)
  }

  /// A graph for one image as a model, by what all formats of graphs do alike.
  ///
  /// - Parameters:
  ///   - network: the network, its batch one.
  ///   - output: the output to explain, where the graph has others, too.
  ///   - notes: what was assumed so far.
  ///   - comparison: how an embedding is compared with the classes' vectors, where there are such.
  ///   - batched: the same network for another number of images.
  /// - Returns: The model, with the notes so far and its own.
  /// - Throws: Errors of the engine and its adapter.
  func opened(
    _ network: LoweredNetwork, output: String? = nil, notes: [Note] = [],
    comparison: EmbeddingClasses.Comparison = EmbeddingClasses.Comparison(),
    batched: @escaping @Sendable (Int) throws -> Graph
  ) throws -> OpenedModel {
    var notes = notes + network.notes.map { Note($0) }
    var graph = network.graph
    let image = try image(among: graph.inputs)
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
    var batched = batched, output = output
    if let vectors = classVectors {
      let classes = try EmbeddingClasses(
        by: vectors, of: output ?? graph.outputs.first ?? "", in: graph, comparison: comparison)
      graph = classes.added(to: graph)
      batched = { [batched] in try classes.added(to: batched($0)) }
      output = classes.output
      notes.append(classes.note)
    }
    let precision: Kernels.Precision = precision == .bfloat16 ? .bfloat16 : .float32
    let model = try GraphModel(
      graph, output: output, from: image, as: answer, precision: precision,
      graphForBatch: network.takesBatches ? batched : nil)
    if precision != .float32, try precision.measuredSpeedup() < 1.1 {
      notes.append(
        Note("this processor multiplies \(precision.name) no faster than float32: it saves no time here"))
    }
    if let misplacement = model.automaticLayer.flatMap({ model.misplacement(of: $0.layer) }) {
      notes.append(Note(misplacement))
    }
    var opened = OpenedModel(model, notes: notes)
    opened.tell(model.reading, as: answer)
    opened.tellOfImage(model.reading, as: answer)
    opened.tellOfEmbedding(model.reading, as: answer, classCount: classCount)
    try opened.prepareOthers(pictureInputs)
    let reading = model.reading
    opened.isAnswerAssumed =
      answer == nil && architecture == nil && reading.link == nil && !reading.isProbability
      && model.explained.link != nil && !reading.hasUnitLength && !reading.isNamedEmbedding
    return opened
  }
}

extension ModelRequest {
  /// The input that the photograph is for: the one that nothing else fills; `nil` where there is none.
  ///
  /// - Throws: `ModelFileError` where several are left, or where none is.
  func image(among inputs: [Graph.Input]) throws(ModelFileError) -> String? {
    let names = inputs.map(\.name), open = inputs.filter { !pictureInputs.contains($0.name) }
    guard open.count > 1 || open.isEmpty && !inputs.isEmpty else { return open.first?.name }
    let list = joined(names.map { elided($0, to: 100) }, by: ", ", within: 250, kind: "more")
    if open.isEmpty {
      throw ModelFileError(
        .request, "all inputs of the network (\(list)) are filled, and one must be left for the photograph",
        about: .fixedInputs)
    }
    // Colours rather than a mask, an image rather than numbers.
    let grids = open.map { ($0.name, ImageGrid(Array($0.shape.dropFirst()))?.channels) }
    let image = grids.first { $0.1 == 3 } ?? grids.first { $0.1 != nil } ?? grids[0]
    let other = open.first { $0.name != image.0 }
    throw ModelFileError(
      .unsupported,
      "the network has \(names.count) inputs (\(list)), and the photograph fills one: fill the others, such as "
        + "'\(elided(other?.name ?? "", to: 100))' of \(spelled(other?.shape ?? [])), with pictures, arrays or numbers",
      about: .fixedInputs)
  }
}

extension Graph {
  /// Whether a node computes a value of this name.
  func computes(_ value: String) -> Bool { nodes.contains { $0.output == value } }
}

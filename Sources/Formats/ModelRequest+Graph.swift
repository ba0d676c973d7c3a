import AttributionKit
import GraphAdapter
import GraphEngine
import Kernels
import Tensors

extension ModelRequest {
  /// The one of a file's outputs that is asked for by name or number; `nil` where none is.
  func output(among names: [String]) throws(ModelFileError) -> String? {
    guard let output else { return nil }
    if names.contains(output) { return output }
    guard let number = Int(output), names.indices.contains(number) else {
      let list = names.enumerated().map { "\($0.offset) \($0.element)" }.joined(separator: ", ")
      throw ModelFileError(
        .absent, "the network has no output '\(output)'; its outputs are \(list)", about: .output)
    }
    return names[number]
  }

  /// What inputs are fixed to, all of which the file must have.
  func fixedInputs(among names: [String]) throws(ModelFileError) -> [String: NDArray] {
    for name in fixedInputs.keys.sorted() where !names.contains(name) {
      throw ModelFileError(
        .absent, "the network has no input '\(name)' to fix; its inputs are \(names.joined(separator: ", "))",
        about: .fixedInputs)
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
    let graph = network.graph
    guard graph.inputs.count <= 1 else {
      let names = graph.inputs.map(\.name)
      throw ModelFileError(
        .unsupported,
        "the network has \(names.count) inputs (\(names.joined(separator: ", "))), and an image fills one: fix the others, "
          + "such as '\(names.last ?? "")', to arrays", about: .fixedInputs)
    }
    if graph.isQuantized {
      notes.append(Note("the network is quantised: gradients go straight through its roundings, which have none"))
    }
    let precision: Kernels.Precision = precision == .bfloat16 ? .bfloat16 : .float32
    let model = try GraphModel(
      graph, output: output, precision: precision, graphForBatch: network.takesBatches ? batched : nil)
    if precision != .float32, try precision.measuredSpeedup() < 1.1 {
      notes.append(
        Note("this processor multiplies \(precision.name) no faster than float32: it saves no time here"))
    }
    var opened = OpenedModel(model, notes: notes)
    opened.tell(model.reading)
    return opened
  }
}

/// What is left to compute of a network once one of its values is known.
public struct PlanRemainder: Sendable {
  /// The nodes that depend on the value; its inputs are the value, then those of ``bypassing``.
  public let graph: Graph
  /// The values computed without it that are still read after it, such as those of shortcuts.
  public let bypassing: [String]
}

extension Plan {
  /// The network after the value `name`.
  ///
  /// Any value will do, even one that a fused kernel never writes to memory.
  ///
  /// - Throws: ``GraphError/noSuchValue(_:)``.
  public func remainder(after name: String) throws(GraphError) -> PlanRemainder {
    guard let start = values.ids[name] else { throw .noSuchValue(name) }
    var depends = [Bool](repeating: false, count: values.count)
    depends[start] = true
    for step in steps where step.output != start && step.inputs.contains(where: { depends[$0] }) {
      depends[step.output] = true
    }
    // Constants computed from constants are computed again; they need not be read from anybody's run.
    let later = steps.filter { step in
      step.output != start && (depends[step.output] || !step.wanted.contains(true))
    }
    var isBypassing = [Bool](repeating: false, count: values.count)
    for step in later { for input in step.inputs where isForeign(input, depends) { isBypassing[input] = true } }
    for output in outputs where isForeign(output, depends) { isBypassing[output] = true }
    let bypassing = values.names.indices.filter { isBypassing[$0] }
    let inputs = ([start] + bypassing).map { Graph.Input(values.names[$0], shape: values.shapes[$0]) }
    let read = Set(later.flatMap { $0.node.inputs } + outputs.map { values.names[$0] })
    return PlanRemainder(
      graph: Graph(
        inputs: inputs, nodes: later.map(\.node), constants: graph.constants.filter { read.contains($0.key) },
        outputs: graph.outputs),
      bypassing: bypassing.map { values.names[$0] })
  }

  /// Whether a value varies with the image but not with what is replaced.
  private func isForeign(_ value: ValueID, _ depends: [Bool]) -> Bool { values.isVariable[value] && !depends[value] }
}

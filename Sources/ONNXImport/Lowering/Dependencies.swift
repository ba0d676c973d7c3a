/// The part of a network that one output depends on, in the file's order.
struct Dependencies {
  let nodes: [FileNode]
  let inputs: [ONNXValue]
  /// The nodes of operators that cannot be lowered.
  let unsupportedNodes: [UnsupportedNode]

  init(of output: String, in model: ONNXModel) {
    var producers: [String: Int] = [:]
    for (index, node) in model.nodes.enumerated() {
      for name in node.outputs where !name.isEmpty { producers[name] = index }
    }
    var isNeeded = [Bool](repeating: false, count: model.nodes.count)
    var names: Set<String> = [output]
    var waiting = [output]
    while let name = waiting.popLast() {
      guard let index = producers[name], !isNeeded[index] else { continue }
      isNeeded[index] = true
      for input in model.nodes[index].reads where names.insert(input).inserted { waiting.append(input) }
    }
    nodes = model.nodes.indices.filter { isNeeded[$0] }.map { model.nodes[$0] }
    inputs = model.inputs.filter { names.contains($0.name) }
    unsupportedNodes = Self.unsupported(among: nodes, of: model)
  }

  /// Told apart before anything is lowered, so that one error lists them all.
  ///
  /// An operator that only folds constants is unsupported where its inputs depend on the image.
  private static func unsupported(among nodes: [FileNode], of model: ONNXModel) -> [UnsupportedNode] {
    var variable = Set(model.inputs.map(\.name))
    var unsupported: [UnsupportedNode] = []
    for node in nodes {
      let isStandard = node.domain.isEmpty
      let isLowered = OperatorTable.importer(of: node) != nil || node.isControlFlow
      if isStandard, ConstantFolding.ofShapes[node.type] != nil { continue }
      if node.reads.contains(where: variable.contains) {
        variable.formUnion(node.outputs)
        if isLowered { continue }
      } else if isLowered || isStandard && ConstantFolding.ofValues[node.type] != nil {
        continue
      }
      unsupported.append(UnsupportedNode(node, opsets: model.opsets))
    }
    return unsupported
  }
}

extension FileNode {
  /// Whether a graph inside the node is lowered in its place.
  fileprivate var isControlFlow: Bool { domain.isEmpty && (type == "If" || type == "Loop") }
}

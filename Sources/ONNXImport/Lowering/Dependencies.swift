/// The part of a network that some outputs depend on, in the file's order.
struct Dependencies {
  let nodes: [FileNode]
  let inputs: [ONNXValue]
  /// The nodes of operators that cannot be lowered.
  let unsupportedNodes: [UnsupportedNode]
  /// What the file calls the axis of images, where the inputs agree.
  let batchAxis: String?

  /// - Parameters:
  ///   - outputs: the outputs.
  ///   - model: the network.
  ///   - fixed: inputs that are constants, which are left out.
  init(of outputs: [String], in model: ONNXModel, fixed: Set<String> = []) {
    var producers: [String: Int] = [:]
    for (index, node) in model.nodes.enumerated() {
      for name in node.outputs where !name.isEmpty { producers[name] = index }
    }
    var isNeeded = [Bool](repeating: false, count: model.nodes.count)
    var names = Set(outputs)
    var waiting = outputs
    while let name = waiting.popLast() {
      guard let index = producers[name], !isNeeded[index] else { continue }
      isNeeded[index] = true
      for input in model.nodes[index].reads where names.insert(input).inserted { waiting.append(input) }
    }
    nodes = model.nodes.indices.filter { isNeeded[$0] }.map { model.nodes[$0] }
    inputs = model.inputs.filter { names.contains($0.name) && !fixed.contains($0.name) }
    let axes = Set(inputs.map(\.batchAxis))
    batchAxis = axes.count == 1 ? axes.first ?? nil : nil
    unsupportedNodes = Self.unsupported(among: nodes, of: model, fixed: fixed)
  }

  /// Told apart before anything is lowered, so that one error lists them all.
  ///
  /// An operator that only folds constants is unsupported where its inputs depend on the image.
  private static func unsupported(
    among nodes: [FileNode], of model: ONNXModel, fixed: Set<String>
  ) -> [UnsupportedNode] {
    var variable = Set(model.inputs.map(\.name)).subtracting(fixed)
    var unsupported: [UnsupportedNode] = []
    for node in nodes {
      let isStandard = node.domain.isEmpty
      let isLowered = OperatorTable.importer(of: node) != nil || node.isControlFlow || node.isSequence
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

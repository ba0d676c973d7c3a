public import GraphEngine

extension ONNXModel {
  /// Lowers the network for concrete shapes.
  ///
  /// Only what the output depends on is lowered. Weights share their memory with every other graph of this model.
  ///
  /// - Parameters:
  ///   - batch: the number of images, where the file leaves it open.
  ///   - imageSize: the size of the images, where the file leaves it open.
  ///   - inputShapes: whole shapes for inputs by name; they come before `batch` and `imageSize`.
  ///   - output: the output to compute; the file's first if `nil`.
  /// - Returns: the graph, whose values carry the file's names.
  /// - Throws: ``ONNXError/unsupported(_:)`` with every operator that cannot be lowered,
  ///   ``ONNXError/fixedBatch(input:declared:asked:)`` where the network takes another number of images,
  ///   ``ONNXError/unknownImageSize(input:)``, and others where the file is inconsistent.
  public func graph(
    batch: Int = 1, imageSize: (height: Int, width: Int)? = nil, inputShapes: [String: [Int]] = [:],
    output: String? = nil
  ) throws(ONNXError) -> Graph {
    if let name = inputShapes.keys.sorted().first(where: { name in !inputs.contains { $0.name == name } }) {
      throw .noSuchInput(name, inputs: inputs.map(\.name))
    }
    let output = output ?? outputs[0].name
    guard outputs.contains(where: { $0.name == output }) else {
      throw .noSuchOutput(output, outputs: outputs.map(\.name))
    }
    let dependencies = Dependencies(of: output, in: self)
    let unsupported = dependencies.unsupportedNodes
    guard unsupported.isEmpty else { throw .unsupported(unsupported) }

    var shapes: [Graph.Input] = []
    for input in dependencies.inputs {
      let shape = try concreteShape(of: input, batch: batch, imageSize: imageSize, given: inputShapes[input.name])
      shapes.append(Graph.Input(input.name, shape: shape))
    }
    let types = Dictionary(uniqueKeysWithValues: dependencies.inputs.map { ($0.name, $0.elementType) })
    var lowering = Lowering(inputs: shapes, types: types, constants: constants, reserved: valueNames)
    for node in dependencies.nodes { try lower(node, into: &lowering) }
    try lowering.finish(output: output)
    return lowering.graph
  }

  private var valueNames: Set<String> {
    var names = Set(constants.keys)
    names.formUnion(inputs.map(\.name))
    for node in nodes {
      names.formUnion(node.outputs)
      for graph in node.attributes.graphs { names.formUnion(graph.definedNames) }
    }
    return names
  }

  func lower(_ node: FileNode, into lowering: inout Lowering) throws(ONNXError) {
    var inputs: [Value?] = []
    for name in node.inputs {
      inputs.append(name.isEmpty ? nil : try lowering.value(name, readBy: node.label))
    }
    let call = OperatorCall(node: node, opset: opsets[node.domain] ?? opset, inputs: inputs)
    let firstNode = lowering.graph.nodes.count
    if try lowerControlFlow(call, into: &lowering) { return }
    if let evaluation = ConstantFolding.evaluation(of: call) {
      let results = try evaluation(call).map { Value.constant($0, name: "") }
      return try lowering.bind(results, of: call, since: firstNode)
    }
    guard let importer = OperatorTable.importer(of: node) else {
      throw .unsupported([UnsupportedNode(node, opsets: opsets)])
    }
    let results = try importer.lower(call, &lowering)
    try lowering.bind(results, of: call, since: firstNode)
  }
}

extension UnsupportedNode {
  init(_ node: FileNode, opsets: [String: Int]) {
    let name = node.name.isEmpty ? node.outputs.first ?? "" : node.name
    self.init(node: name, operator: node.type, domain: node.domain, opset: opsets[node.domain] ?? 0)
  }
}

/// A graph inside a node: a branch of an `If`, the body of a `Loop`.
struct FileGraph: Sendable {
  let inputs: [String]
  let outputs: [String]
  let nodes: [FileNode]
  let constants: [String: Constant]

  init(_ graph: Limn_Onnx_GraphProto, tensors: TensorReader) throws(ONNXError) {
    inputs = graph.input.map(\.name)
    outputs = graph.output.map(\.name)
    var nodes: [FileNode] = []
    for node in graph.node { nodes.append(try FileNode(node, tensors: tensors)) }
    self.nodes = nodes.inOrder()
    var constants: [String: Constant] = [:]
    for tensor in graph.initializer { constants[tensor.name] = try tensors.constant(tensor) }
    self.constants = constants
  }

  /// Every name defined inside.
  var definedNames: Set<String> {
    var names = Set(inputs).union(constants.keys)
    for node in nodes {
      names.formUnion(node.outputs)
      for graph in node.attributes.graphs { names.formUnion(graph.definedNames) }
    }
    return names
  }

  /// The values from outside that are read inside.
  var captures: Set<String> {
    var read = Set(outputs)
    for node in nodes { read.formUnion(node.reads) }
    return read.subtracting(definedNames)
  }
}

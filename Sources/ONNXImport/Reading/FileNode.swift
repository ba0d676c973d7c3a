/// One node as the file states it.
struct FileNode: Sendable {
  let name: String
  let type: String
  /// Empty for ONNX's own operators.
  let domain: String
  /// Value names; an optional input left out is empty.
  let inputs: [String]
  let outputs: [String]
  let attributes: Attributes

  init(_ node: Limn_Onnx_NodeProto, tensors: TensorReader) throws(ONNXError) {
    name = node.name
    type = node.opType
    domain = node.domain == "ai.onnx" ? "" : node.domain
    inputs = node.input
    outputs = node.output
    attributes = try Attributes(node.attribute, of: Self.label(node), tensors: tensors)
    reads = inputs + attributes.graphs.flatMap { $0.captures.sorted() }
  }

  private init(_ other: FileNode, type: String, attributes: Attributes) {
    (name, domain, inputs, outputs, reads) = (other.name, other.domain, other.inputs, other.outputs, other.reads)
    (self.type, self.attributes) = (type, attributes)
  }

  /// The same node read as another operator, with further attributes or other values for some.
  func reread(as type: String? = nil, with attributes: [String: Attributes.Value]) -> FileNode {
    FileNode(self, type: type ?? self.type, attributes: self.attributes.replacing(attributes))
  }

  /// The values read, those that graphs inside the node read among them.
  let reads: [String]

  /// How errors name the node: its operator and its own name, or what it computes.
  var label: String { attributes.node }

  private static func label(_ node: Limn_Onnx_NodeProto) -> String {
    node.name.isEmpty ? "\(node.opType) → '\(node.output.first ?? "")'" : "\(node.opType) '\(node.name)'"
  }
}
